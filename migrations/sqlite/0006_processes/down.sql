DROP INDEX peers_held;
ALTER TABLE peers DROP COLUMN lane_held_by;
DROP INDEX receipts_claimed;
ALTER TABLE receipts DROP COLUMN claimed_by;
DROP INDEX jobs_claimed;
ALTER TABLE jobs DROP COLUMN claimed_by;
DROP TABLE duties;
DROP TABLE processes;
