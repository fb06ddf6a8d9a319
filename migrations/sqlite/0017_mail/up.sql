-- What a link in a mail opens: the confirmation of an address (purpose 0) or a new password (1). Only the digest of its
-- secret is kept, and it counts for the address that it was sent to. Links that were used or are old go.
CREATE TABLE mail_links (
    digest TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose SMALLINT NOT NULL,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX mail_links_by_email ON mail_links (email, created_at);
CREATE INDEX mail_links_by_account ON mail_links (account_id);
CREATE INDEX mail_links_by_end ON mail_links (expires_at);

-- The address that somebody wants instead of the one they have, until it is confirmed.
CREATE TABLE email_changes (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Who may sign up by which code. One that is revoked or used up stays, so that it is known who came by it.
CREATE TABLE invites (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    account_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    max_uses BIGINT,
    uses BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX invites_newest ON invites (account_id, id);

-- How somebody signed up: by which invite, through which application.
CREATE TABLE sign_ups (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    invite_id BIGINT REFERENCES invites (id) ON DELETE SET NULL,
    application_id BIGINT REFERENCES applications (id) ON DELETE SET NULL
);
CREATE INDEX sign_ups_by_invite ON sign_ups (invite_id);
CREATE INDEX sign_ups_by_application ON sign_ups (application_id);

-- Sign-ups that wait for the confirmation of their address.
CREATE INDEX users_unconfirmed ON users (created_at) WHERE confirmed_at IS NULL;
