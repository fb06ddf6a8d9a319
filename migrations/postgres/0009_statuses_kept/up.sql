-- What people pinned to their profiles, here and elsewhere; the newest pin first.
CREATE TABLE pins (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL UNIQUE REFERENCES statuses (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX pins_by_account ON pins (account_id, id);

-- Threads whose mentions do not notify somebody any more; conversation_id as in statuses.
CREATE TABLE conversation_mutes (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    conversation_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, conversation_id)
);
CREATE INDEX conversation_mutes_of ON conversation_mutes (conversation_id);

-- Posts that wait for their time. params is what they will be made of, as JSON; failure is why one could not be posted
-- when its time came.
CREATE TABLE scheduled_statuses (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    scheduled_at BIGINT NOT NULL,
    params TEXT NOT NULL,
    failure TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX scheduled_statuses_newest ON scheduled_statuses (account_id, id);
CREATE INDEX scheduled_statuses_by_time ON scheduled_statuses (account_id, scheduled_at);

-- The files of posts that wait for their time: nothing else may take or remove them.
CREATE TABLE scheduled_attachments (
    attachment_id BIGINT PRIMARY KEY REFERENCES attachments (id) ON DELETE CASCADE,
    scheduled_id BIGINT NOT NULL REFERENCES scheduled_statuses (id) ON DELETE CASCADE
);
CREATE INDEX scheduled_attachments_of ON scheduled_attachments (scheduled_id);
