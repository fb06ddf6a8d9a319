-- What people here, and other servers, reported to the staff. host is the server that sent it; uri the id of its Flag.
CREATE TABLE reports (
    id BIGINT PRIMARY KEY,
    uri TEXT UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    host TEXT,
    category SMALLINT NOT NULL,
    comment TEXT NOT NULL,
    status_ids TEXT NOT NULL,
    rule_ids TEXT NOT NULL,
    forwarded BOOLEAN NOT NULL,
    assigned_id BIGINT,
    action_taken_at BIGINT,
    action_taken_by_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX reports_by_account ON reports (account_id, id);
CREATE INDEX reports_by_target ON reports (target_id, id);
CREATE INDEX reports_by_host ON reports (host, created_at);
CREATE INDEX reports_open ON reports (id) WHERE action_taken_at IS NULL;
CREATE INDEX reports_by_day ON reports (created_at);
CREATE INDEX reports_by_end ON reports (action_taken_at) WHERE action_taken_at IS NOT NULL;
