-- Lists of accounts that people show to others. An item that was revoked by the account it names stays, so that it is
-- not added again.
CREATE TABLE collections (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    language TEXT,
    sensitive BOOLEAN NOT NULL,
    discoverable BOOLEAN NOT NULL,
    tag TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX collections_by_account ON collections (account_id, id);

CREATE TABLE collection_items (
    id BIGINT PRIMARY KEY,
    collection_id BIGINT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    UNIQUE (collection_id, account_id)
);
CREATE INDEX collection_items_of ON collection_items (account_id, collection_id);
