-- Files of other servers that are kept here for a while, by the hash of their address: blob and size, when they were
-- asked for last, and how often in a row and until when fetching failed. What could not be fetched has no blob.
CREATE TABLE remote_files (
    url_hash TEXT NOT NULL PRIMARY KEY,
    file_key TEXT,
    bytes BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    fetched_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX remote_files_by_use ON remote_files (used_at) WHERE file_key IS NOT NULL;
CREATE INDEX remote_files_failed ON remote_files (fetched_at) WHERE file_key IS NULL;

-- How many bytes all of them have together; one row.
CREATE TABLE remote_usage (
    id SMALLINT NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL
);
INSERT INTO remote_usage (id, bytes) VALUES (1, 0);
