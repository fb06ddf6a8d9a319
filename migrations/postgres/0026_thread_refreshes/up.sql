-- When the replies to a status of another server were last asked for, what for clients is an asynchronous refresh.
-- found counts the replies that were not known before; ended_at is empty while they are still being fetched.
CREATE TABLE thread_refreshes (
    id BIGINT PRIMARY KEY,
    status_id BIGINT NOT NULL UNIQUE REFERENCES statuses (id) ON DELETE CASCADE,
    begun_at BIGINT NOT NULL,
    ended_at BIGINT,
    found BIGINT NOT NULL
);
