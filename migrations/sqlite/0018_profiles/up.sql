-- What a profile says besides what stands in the account's row. A missing row is a profile that says nothing of it.
-- links_due_at is when the pages that its fields name are looked at again, whether they link back.
CREATE TABLE profiles (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    attribution_domains TEXT NOT NULL,
    shows_media BOOLEAN NOT NULL,
    shows_media_replies BOOLEAN NOT NULL,
    shows_featured BOOLEAN NOT NULL,
    also_known_as TEXT NOT NULL,
    moved_to_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    moved_at BIGINT,
    links_due_at BIGINT
);
CREATE INDEX profiles_by_target ON profiles (moved_to_id) WHERE moved_to_id IS NOT NULL;
CREATE INDEX profiles_links_due ON profiles (links_due_at) WHERE links_due_at IS NOT NULL;

-- How somebody likes to read, for their clients. A missing row is the usual.
CREATE TABLE preferences (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    media_display SMALLINT NOT NULL,
    expands_spoilers BOOLEAN NOT NULL,
    autoplays BOOLEAN NOT NULL
);
