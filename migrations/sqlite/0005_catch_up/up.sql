-- Times in which this node, or one of its peers, was away: what was missed in them is pulled afterwards.
CREATE TABLE absences (
    id INTEGER PRIMARY KEY,
    -- Whose posts are pulled; none for everybody's.
    host TEXT,
    cause SMALLINT NOT NULL,
    away_from BIGINT NOT NULL,
    away_until BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    peers BIGINT NOT NULL,
    peers_done BIGINT NOT NULL,
    peers_failed BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    recovered BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX absences_by_host ON absences (host, away_from);

-- The peers that are asked for what was missed, each by itself.
CREATE TABLE absence_hosts (
    absence_id BIGINT NOT NULL REFERENCES absences (id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    state SMALLINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- Since when it cannot be reached.
    failing_since BIGINT,
    failures BIGINT NOT NULL,
    last_error TEXT,
    budget BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    recovered BIGINT NOT NULL,
    PRIMARY KEY (absence_id, host)
);
CREATE INDEX absence_hosts_due ON absence_hosts (state, due_at);

-- What is left to be read at a peer: an outbox or the replies of a status, from the page at the cursor on.
CREATE TABLE absence_tasks (
    id INTEGER PRIMARY KEY,
    absence_id BIGINT NOT NULL,
    host TEXT NOT NULL,
    kind SMALLINT NOT NULL,
    target TEXT NOT NULL,
    cursor TEXT,
    pages BIGINT NOT NULL,
    FOREIGN KEY (absence_id, host) REFERENCES absence_hosts (absence_id, host) ON DELETE CASCADE
);
CREATE INDEX absence_tasks_by_host ON absence_tasks (absence_id, host, id);

-- What actors elsewhere say of their followers here, as far as it was looked into.
CREATE TABLE follower_syncs (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    digest TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    checked_at BIGINT NOT NULL
);
