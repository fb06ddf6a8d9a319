-- Instants are milliseconds since the Unix epoch. Ids are time-ordered (src/id.rs) unless they say otherwise.

-- Accounts of people, bots and groups, here and elsewhere. handle is `name` or `name@domain` in lower case.
CREATE TABLE accounts (
    id BIGINT PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    username TEXT NOT NULL,
    domain TEXT,
    uri TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    kind SMALLINT NOT NULL,
    display_name TEXT NOT NULL,
    note TEXT NOT NULL,
    note_source TEXT NOT NULL,
    fields TEXT NOT NULL,
    emojis TEXT NOT NULL,
    avatar TEXT,
    avatar_alt TEXT NOT NULL,
    header TEXT,
    header_alt TEXT NOT NULL,
    locked BOOLEAN NOT NULL,
    discoverable BOOLEAN,
    indexable BOOLEAN NOT NULL,
    hides_collections BOOLEAN NOT NULL,
    inbox_url TEXT NOT NULL,
    shared_inbox_url TEXT,
    outbox_url TEXT,
    followers_url TEXT,
    following_url TEXT,
    featured_url TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    fetched_at BIGINT NOT NULL,
    suspended_at BIGINT
);
CREATE INDEX accounts_by_domain ON accounts (domain, id);
CREATE INDEX accounts_by_followers_url ON accounts (followers_url);

-- Counts change with every post; they stand apart so that an account's row can be cached.
CREATE TABLE account_counts (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    statuses BIGINT NOT NULL,
    followers BIGINT NOT NULL,
    following BIGINT NOT NULL,
    last_status_at BIGINT
);

-- Public keys of all actors; private keys of local ones. Left out of exports and of every Debug.
CREATE TABLE account_keys (
    key_id TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    public_pem TEXT NOT NULL,
    private_pem TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX account_keys_by_account ON account_keys (account_id);

-- What only a local account has: a way to sign in, a role, preferences.
CREATE TABLE users (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role SMALLINT NOT NULL,
    locale TEXT NOT NULL,
    default_visibility SMALLINT NOT NULL,
    default_sensitive BOOLEAN NOT NULL,
    default_language TEXT,
    confirmed_at BIGINT,
    approved_at BIGINT,
    disabled_at BIGINT,
    sign_up_reason TEXT,
    last_active_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE applications (
    id BIGINT PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    secret_digest TEXT NOT NULL,
    name TEXT NOT NULL,
    website TEXT,
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
    id BIGINT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    application_id BIGINT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX tokens_by_account ON tokens (account_id);
CREATE INDEX tokens_by_application ON tokens (application_id);

-- A code lives ten minutes and is redeemed once; a second try revokes the token that the first one gave.
CREATE TABLE authorization_codes (
    digest TEXT PRIMARY KEY,
    application_id BIGINT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    challenge TEXT,
    created_at BIGINT NOT NULL,
    token_id BIGINT
);
CREATE INDEX authorization_codes_by_account ON authorization_codes (account_id);

-- Browser sessions.
CREATE TABLE sessions (
    id BIGINT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Small facts of the node itself: the digest of the one-time set-up link, for one.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE statuses (
    id BIGINT PRIMARY KEY,
    uri TEXT NOT NULL UNIQUE,
    url TEXT,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    is_local BOOLEAN NOT NULL,
    visibility SMALLINT NOT NULL,
    content TEXT NOT NULL,
    source TEXT,
    spoiler TEXT NOT NULL,
    sensitive BOOLEAN NOT NULL,
    language TEXT,
    emojis TEXT NOT NULL,
    in_reply_to_id BIGINT,
    in_reply_to_account_id BIGINT,
    in_reply_to_uri TEXT,
    conversation_id BIGINT NOT NULL,
    boost_of_id BIGINT REFERENCES statuses (id) ON DELETE CASCADE,
    application_id BIGINT,
    replies_count BIGINT NOT NULL,
    boosts_count BIGINT NOT NULL,
    favourites_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    fetched_at BIGINT NOT NULL
);
CREATE INDEX statuses_by_account ON statuses (account_id, id);
CREATE INDEX statuses_by_conversation ON statuses (conversation_id, id);
CREATE INDEX statuses_by_parent ON statuses (in_reply_to_id, id);
CREATE INDEX statuses_by_missing_parent ON statuses (in_reply_to_uri) WHERE in_reply_to_id IS NULL AND in_reply_to_uri IS NOT NULL;
CREATE UNIQUE INDEX statuses_boost_once ON statuses (boost_of_id, account_id) WHERE boost_of_id IS NOT NULL;
-- The public timelines. Visibility is a key and not a condition: a bound parameter cannot prove a condition.
CREATE INDEX statuses_public ON statuses (visibility, id) WHERE boost_of_id IS NULL;
CREATE INDEX statuses_public_by_origin ON statuses (is_local, visibility, id) WHERE boost_of_id IS NULL;

CREATE TABLE status_edits (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    spoiler TEXT NOT NULL,
    sensitive BOOLEAN NOT NULL,
    emojis TEXT NOT NULL,
    attachments TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX status_edits_by_status ON status_edits (status_id, id);

CREATE TABLE status_mentions (
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    is_silent BOOLEAN NOT NULL,
    PRIMARY KEY (status_id, account_id)
);
CREATE INDEX status_mentions_by_account ON status_mentions (account_id, status_id);

CREATE TABLE tags (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE status_tags (
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, status_id)
);
CREATE INDEX status_tags_by_status ON status_tags (status_id, tag_id);

CREATE TABLE attachments (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id BIGINT REFERENCES statuses (id) ON DELETE SET NULL,
    position SMALLINT NOT NULL,
    kind SMALLINT NOT NULL,
    mime TEXT NOT NULL,
    file_key TEXT,
    preview_key TEXT,
    remote_url TEXT,
    description TEXT,
    blurhash TEXT,
    width BIGINT,
    height BIGINT,
    preview_width BIGINT,
    preview_height BIGINT,
    focus_x DOUBLE PRECISION,
    focus_y DOUBLE PRECISION,
    created_at BIGINT NOT NULL
);
CREATE INDEX attachments_by_status ON attachments (status_id, position);
CREATE INDEX attachments_by_account ON attachments (account_id, id);
CREATE INDEX attachments_unattached ON attachments (created_at) WHERE status_id IS NULL;

CREATE TABLE favourites (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, status_id)
);
CREATE INDEX favourites_by_status ON favourites (status_id, id);
CREATE INDEX favourites_newest ON favourites (account_id, id);

CREATE TABLE bookmarks (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, status_id)
);
CREATE INDEX bookmarks_newest ON bookmarks (account_id, id);
CREATE INDEX bookmarks_by_status ON bookmarks (status_id);

CREATE TABLE follows (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    is_accepted BOOLEAN NOT NULL,
    shows_boosts BOOLEAN NOT NULL,
    notifies BOOLEAN NOT NULL,
    languages TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, target_id)
);
CREATE INDEX follows_of ON follows (target_id, is_accepted, id);
CREATE INDEX follows_by ON follows (account_id, is_accepted, id);
CREATE INDEX follows_by_uri ON follows (uri);

CREATE TABLE blocks (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, target_id)
);
CREATE INDEX blocks_of ON blocks (target_id, account_id);
CREATE INDEX blocks_newest ON blocks (account_id, id);

CREATE TABLE mutes (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hides_notifications BOOLEAN NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, target_id)
);
CREATE INDEX mutes_of ON mutes (target_id, account_id);
CREATE INDEX mutes_newest ON mutes (account_id, id);

-- The home timelines, written when a status appears.
CREATE TABLE home_entries (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    author_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, status_id)
);
CREATE INDEX home_entries_by_status ON home_entries (status_id);

-- Small sequential ids: clients parse them as 32-bit numbers.
CREATE TABLE notifications (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind SMALLINT NOT NULL,
    from_account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id BIGINT REFERENCES statuses (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX notifications_newest ON notifications (account_id, id);
CREATE INDEX notifications_by_status ON notifications (status_id);
CREATE INDEX notifications_by_sender ON notifications (from_account_id);
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, kind, from_account_id, COALESCE(status_id, 0));

CREATE TABLE markers (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    timeline TEXT NOT NULL,
    last_read_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, timeline)
);

CREATE TABLE idempotency_keys (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    status_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, value)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What was deleted or undone stays so, whatever arrives later.
CREATE TABLE tombstones (
    uri TEXT PRIMARY KEY,
    actor_uri TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX tombstones_by_age ON tombstones (created_at);

-- One row for each other server, with the one state that its lane has.
CREATE TABLE peers (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    domain TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_success_at BIGINT,
    down_since BIGINT,
    next_probe_at BIGINT,
    failures BIGINT NOT NULL,
    last_error TEXT
);

CREATE TABLE inboxes (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    peer_id BIGINT NOT NULL REFERENCES peers (id) ON DELETE CASCADE
);
CREATE INDEX inboxes_by_peer ON inboxes (peer_id);

-- Documents on their way out, each stored once whatever its number of recipients.
CREATE TABLE activities (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    object_uri TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX activities_by_age ON activities (created_at);

-- A delivery exists until the peer has taken it.
CREATE TABLE deliveries (
    peer_id BIGINT NOT NULL REFERENCES peers (id) ON DELETE CASCADE,
    activity_id BIGINT NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
    inbox_id BIGINT NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    -- In the past: when it was last tried in vain, 0 for never. In the future: set aside until then.
    due_at BIGINT NOT NULL DEFAULT 0,
    -- How often, and since when, the peer said no to this one while it took others.
    refusals BIGINT NOT NULL DEFAULT 0,
    refused_since BIGINT,
    PRIMARY KEY (peer_id, activity_id, inbox_id)
);
CREATE INDEX deliveries_by_activity ON deliveries (activity_id);
CREATE INDEX deliveries_by_inbox ON deliveries (inbox_id);

-- What peers sent: stored before it is acknowledged, kept with its outcome.
CREATE TABLE receipts (
    id BIGINT PRIMARY KEY,
    activity_uri TEXT NOT NULL UNIQUE,
    actor_uri TEXT NOT NULL,
    inbox_account_id BIGINT,
    body TEXT NOT NULL,
    state SMALLINT NOT NULL,
    reason TEXT,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX receipts_due ON receipts (state, due_at, id);
CREATE INDEX receipts_by_age ON receipts (received_at);

CREATE TABLE jobs (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    is_dead BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (is_dead, due_at, id);
