-- Who reacts to which status with which emoji. name is the emoji itself or the shortcode of a custom one; url is the
-- picture of a custom one of another server, and null for those of this node and of Unicode.
CREATE TABLE reactions (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    url TEXT,
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX reactions_by ON reactions (account_id, status_id, name, coalesce(url, ''));
CREATE INDEX reactions_of ON reactions (status_id, name, url, id);
CREATE INDEX reactions_by_uri ON reactions (uri);
