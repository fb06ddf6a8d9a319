-- Polls of statuses, here and elsewhere: one for each status at most, named by it. voters is how many people voted, if
-- that is known; told_at is when streams and peers are told of new tallies, or were the last time.
CREATE TABLE polls (
    status_id INTEGER PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    multiple BOOLEAN NOT NULL,
    hides_totals BOOLEAN NOT NULL,
    expires_at BIGINT,
    closed_at BIGINT,
    voters BIGINT,
    told_at BIGINT NOT NULL,
    fetched_at BIGINT NOT NULL
);

-- votes counts what is known here, and is the author's word for polls elsewhere.
CREATE TABLE poll_options (
    status_id BIGINT NOT NULL REFERENCES polls (status_id) ON DELETE CASCADE,
    position SMALLINT NOT NULL,
    title TEXT NOT NULL,
    votes BIGINT NOT NULL,
    PRIMARY KEY (status_id, position)
) WITHOUT ROWID;

-- Who chose what: everybody in polls made here, people of this node in polls elsewhere.
CREATE TABLE poll_votes (
    status_id BIGINT NOT NULL REFERENCES polls (status_id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    position SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (status_id, account_id, position)
) WITHOUT ROWID;
CREATE INDEX poll_votes_by_account ON poll_votes (account_id);

-- The titles of the options that a version had; none if it had no poll.
ALTER TABLE status_edits ADD COLUMN poll_options TEXT;
