-- Lists of accounts, each its owner's own.
CREATE TABLE lists (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    replies SMALLINT NOT NULL,
    is_exclusive BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX lists_by_account ON lists (account_id, id);

-- Who is on a list. Pages of members are cut by id.
CREATE TABLE list_members (
    id INTEGER PRIMARY KEY,
    list_id BIGINT NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    UNIQUE (list_id, target_id)
);
CREATE INDEX list_members_of ON list_members (target_id, list_id);
CREATE INDEX list_members_newest ON list_members (list_id, id);

-- The timelines of lists, written when a status appears, like those of homes.
CREATE TABLE list_entries (
    list_id BIGINT NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    author_id BIGINT NOT NULL,
    PRIMARY KEY (list_id, status_id)
) WITHOUT ROWID;
CREATE INDEX list_entries_by_status ON list_entries (status_id);
