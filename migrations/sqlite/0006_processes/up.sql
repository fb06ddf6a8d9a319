-- The processes that share the database. A number is in use as long as its row is there; it is the lane of the ids that
-- the process makes.
CREATE TABLE processes (
    id INTEGER PRIMARY KEY,
    -- Tells a process from whoever had its number before.
    token BIGINT NOT NULL,
    name TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    -- When it last gave a sign of life.
    seen_at BIGINT NOT NULL
);

-- What one process at a time does for all.
CREATE TABLE duties (
    name TEXT PRIMARY KEY,
    held_by BIGINT NOT NULL
);

-- Who works on it; released when that process ends, or is taken for dead.
ALTER TABLE jobs ADD COLUMN claimed_by BIGINT;
CREATE INDEX jobs_claimed ON jobs (claimed_by) WHERE claimed_by IS NOT NULL;
ALTER TABLE receipts ADD COLUMN claimed_by BIGINT;
CREATE INDEX receipts_claimed ON receipts (actor_uri, claimed_by) WHERE claimed_by IS NOT NULL;
ALTER TABLE peers ADD COLUMN lane_held_by BIGINT;
CREATE INDEX peers_held ON peers (lane_held_by) WHERE lane_held_by IS NOT NULL;
