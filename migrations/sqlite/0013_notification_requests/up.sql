-- What notifications share that are shown as one; none for one that stands alone.
ALTER TABLE notifications ADD COLUMN group_key TEXT;
-- 0: the newest of its group, or one that stands alone. 1: another of its group. 2: filtered, until the recipient
-- accepts the sender.
ALTER TABLE notifications ADD COLUMN place SMALLINT NOT NULL DEFAULT 0;
-- Of two indexes that seem equal to it SQLite takes the older one, so those that know more come first.
CREATE INDEX notifications_shown_by_kind ON notifications (account_id, kind, id) WHERE place < 2;
CREATE INDEX notifications_heads_by_kind ON notifications (account_id, kind, id) WHERE place = 0;
CREATE INDEX notifications_shown ON notifications (account_id, id) WHERE place < 2;
CREATE INDEX notifications_heads ON notifications (account_id, id) WHERE place = 0;
CREATE INDEX notifications_filtered ON notifications (account_id, id) WHERE place = 2;
CREATE INDEX notifications_by_group ON notifications (account_id, group_key, id) WHERE group_key IS NOT NULL;
CREATE INDEX notifications_heads_of_group ON notifications (account_id, group_key) WHERE place = 0 AND group_key IS NOT NULL;
CREATE INDEX notifications_from ON notifications (account_id, from_account_id, id);

-- From whom people want to be notified: 0 accept, 1 filter, 2 drop. No row means what a new person's would be.
CREATE TABLE notification_policies (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    not_following SMALLINT NOT NULL,
    not_followers SMALLINT NOT NULL,
    new_accounts SMALLINT NOT NULL,
    private_mentions SMALLINT NOT NULL,
    limited_accounts SMALLINT NOT NULL
);

-- Whom they accepted for good.
CREATE TABLE notification_permissions (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    from_account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, from_account_id)
);
CREATE INDEX notification_permissions_of ON notification_permissions (from_account_id);

-- Senders of filtered notifications, until the recipient accepts or dismisses them.
CREATE TABLE notification_requests (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    from_account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    last_status_id BIGINT REFERENCES statuses (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (account_id, from_account_id)
);
CREATE INDEX notification_requests_newest ON notification_requests (account_id, id);
CREATE INDEX notification_requests_of ON notification_requests (from_account_id);
CREATE INDEX notification_requests_by_status ON notification_requests (last_status_id);

-- Conversations by direct statuses, one row for each of those in it who is here. thread_id is the conversation_id of
-- the statuses; participants are the ids of the others, in order.
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    thread_id BIGINT NOT NULL,
    participants TEXT NOT NULL,
    last_status_id BIGINT NOT NULL,
    is_unread BOOLEAN NOT NULL,
    UNIQUE (account_id, thread_id, participants)
);
CREATE INDEX conversations_newest ON conversations (account_id, last_status_id);
CREATE INDEX conversations_by_thread ON conversations (thread_id);

-- The statuses of each, so that the newest is known when one goes.
CREATE TABLE conversation_statuses (
    conversation_id BIGINT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, status_id)
);
CREATE INDEX conversation_statuses_by_status ON conversation_statuses (status_id);

-- What was written before there were conversations is sorted into them a little at a time.
INSERT INTO jobs (id, kind, payload, due_at, attempts, last_error, is_dead, created_at, is_background)
SELECT 1, 'sort_conversations', '{"kind":"sort_conversations","after":"0"}', 0, 0, NULL, FALSE, 0, TRUE
WHERE EXISTS (SELECT 1 FROM statuses WHERE visibility = 3);
