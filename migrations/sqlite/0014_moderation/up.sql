-- How accounts stand with the node, where that is not as usual. suspension and silence say who decided: the staff, the
-- account's own server, or a block of its whole server. Since when an account is suspended stands in its own row; a
-- local one that is suspended without a cause is deleted.
CREATE TABLE account_standings (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    suspension SMALLINT,
    silenced_at BIGINT,
    silence SMALLINT,
    sensitized_at BIGINT
);
CREATE INDEX account_standings_silenced ON account_standings (account_id) WHERE silenced_at IS NOT NULL;
CREATE INDEX accounts_suspended ON accounts (id) WHERE suspended_at IS NOT NULL;
CREATE INDEX users_pending ON users (account_id) WHERE approved_at IS NULL;
CREATE INDEX users_newest ON users (created_at);

-- Servers that the node talks with less, or not at all. A block covers what lies below its domain.
CREATE TABLE host_blocks (
    id INTEGER PRIMARY KEY,
    domain TEXT NOT NULL UNIQUE,
    severity SMALLINT NOT NULL,
    reject_media BOOLEAN NOT NULL,
    reject_reports BOOLEAN NOT NULL,
    obfuscate BOOLEAN NOT NULL,
    private_comment TEXT,
    public_comment TEXT,
    created_at BIGINT NOT NULL
);

-- The servers that a node in limited federation talks with.
CREATE TABLE host_allows (
    id INTEGER PRIMARY KEY,
    domain TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

-- Who may not sign up, or not come at all.
CREATE TABLE email_domain_blocks (
    id INTEGER PRIMARY KEY,
    domain TEXT NOT NULL UNIQUE,
    allow_with_approval BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE canonical_email_blocks (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);
CREATE TABLE ip_blocks (
    id INTEGER PRIMARY KEY,
    network TEXT NOT NULL UNIQUE,
    severity SMALLINT NOT NULL,
    comment TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL
);

-- From where people signed up and signed in, for the staff; used_at is to the day.
CREATE TABLE user_addresses (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, address)
);
CREATE INDEX user_addresses_by_address ON user_addresses (address);
CREATE INDEX user_addresses_by_age ON user_addresses (used_at);

-- On which days people used the node.
CREATE TABLE user_days (
    day BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (day, account_id)
);
CREATE INDEX user_days_by_account ON user_days (account_id);

-- What the staff did. Nothing refers to other tables: an entry outlives those whom it names.
CREATE TABLE audit_entries (
    id INTEGER PRIMARY KEY,
    account_id BIGINT,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target_id BIGINT,
    target TEXT NOT NULL,
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_entries_by_account ON audit_entries (account_id, id);

-- What accounts of this node were told by the staff.
CREATE TABLE account_warnings (
    id INTEGER PRIMARY KEY,
    account_id BIGINT,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    action SMALLINT NOT NULL,
    text TEXT NOT NULL,
    report_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX account_warnings_newest ON account_warnings (target_id, id);

-- Follows that ended because of a decision about a server, and what each person lost by it.
CREATE TABLE severances (
    id INTEGER PRIMARY KEY,
    cause SMALLINT NOT NULL,
    target_name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE account_severances (
    id INTEGER PRIMARY KEY,
    severance_id BIGINT NOT NULL REFERENCES severances (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    followers BIGINT NOT NULL,
    following BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (severance_id, account_id)
);
CREATE INDEX account_severances_newest ON account_severances (account_id, id);
CREATE TABLE severed_follows (
    id INTEGER PRIMARY KEY,
    severance_id BIGINT NOT NULL REFERENCES severances (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    shows_boosts BOOLEAN NOT NULL,
    notifies BOOLEAN NOT NULL,
    languages TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX severed_follows_by_severance ON severed_follows (severance_id, id);
CREATE INDEX severed_follows_by_account ON severed_follows (account_id);
CREATE INDEX severed_follows_by_target ON severed_follows (target_id);

-- What a notification is about, where that is no status: a report, a warning, a severance.
CREATE TABLE notification_subjects (
    notification_id INTEGER PRIMARY KEY REFERENCES notifications (id) ON DELETE CASCADE,
    subject_id BIGINT NOT NULL
);
-- Reports, warnings and severances are told one by one, though each may have the same origin and no status.
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, kind, from_account_id, COALESCE(status_id, 0)) WHERE kind NOT IN (9, 11, 12);
