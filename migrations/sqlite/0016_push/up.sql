-- Where an access token's holder is told of notifications, and of which. Small sequential ids: clients read them as
-- numbers. The token is sealed with the node's own key, as those who are told find their account by it.
CREATE TABLE push_subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_id BIGINT NOT NULL UNIQUE REFERENCES tokens (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    endpoint TEXT NOT NULL,
    -- Of the endpoint, with its port.
    host TEXT NOT NULL,
    public_key TEXT NOT NULL,
    secret TEXT NOT NULL,
    is_standard BOOLEAN NOT NULL,
    policy SMALLINT NOT NULL,
    alerts TEXT NOT NULL,
    sealed_token TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX push_subscriptions_by_account ON push_subscriptions (account_id);

-- What is still to be sent: it goes with the notification, as with the subscription.
CREATE TABLE pushes (
    id INTEGER PRIMARY KEY,
    subscription_id BIGINT NOT NULL REFERENCES push_subscriptions (id) ON DELETE CASCADE,
    notification_id BIGINT NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    claimed_by BIGINT,
    UNIQUE (notification_id, subscription_id)
);
CREATE INDEX pushes_due ON pushes (due_at, id);
CREATE INDEX pushes_of_subscription ON pushes (subscription_id);
CREATE INDEX pushes_claimed ON pushes (claimed_by) WHERE claimed_by IS NOT NULL;
