-- Who follows which hashtag.
CREATE TABLE tag_follows (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    UNIQUE (account_id, tag_id)
);
CREATE INDEX tag_follows_of ON tag_follows (tag_id, account_id);
CREATE INDEX tag_follows_newest ON tag_follows (account_id, id);

-- The hashtags that profiles show, as their owners write them.
CREATE TABLE featured_tags (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE (account_id, tag_id)
);
CREATE INDEX featured_tags_of ON featured_tags (tag_id);

-- How often an account used a hashtag publicly on a day, counted in days since 1970. A row for each account, so that no
-- two posts write the same row.
CREATE TABLE tag_uses (
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    uses INTEGER NOT NULL,
    PRIMARY KEY (tag_id, day, account_id)
) WITHOUT ROWID;
CREATE INDEX tag_uses_by_day ON tag_uses (day);

-- Whom people feature on their profiles.
CREATE TABLE endorsements (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    UNIQUE (account_id, target_id)
);
CREATE INDEX endorsements_of ON endorsements (target_id);
CREATE INDEX endorsements_newest ON endorsements (account_id, id);

-- What people note about others, for themselves.
CREATE TABLE account_notes (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    PRIMARY KEY (account_id, target_id)
) WITHOUT ROWID;
CREATE INDEX account_notes_of ON account_notes (target_id);

-- Domains of which somebody wants to see nothing.
CREATE TABLE user_domain_blocks (
    id INTEGER PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    UNIQUE (account_id, domain)
);
CREATE INDEX user_domain_blocks_of ON user_domain_blocks (domain, account_id);
CREATE INDEX user_domain_blocks_newest ON user_domain_blocks (account_id, id);

-- Suggestions that somebody does not want to see again.
CREATE TABLE dismissed_suggestions (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, target_id)
) WITHOUT ROWID;
CREATE INDEX dismissed_suggestions_of ON dismissed_suggestions (target_id);

-- The directory: the newest of those who want to be found, and those who posted last.
CREATE INDEX accounts_discoverable ON accounts (discoverable, id);
CREATE INDEX account_counts_by_last_status ON account_counts (last_status_at);
