-- Files that are still worked on: state is ready (0), in work (1) or failed (2); source_key is the blob of the upload
-- until the work is done, failure what to tell its owner. Of recordings length, frames and bits are kept.
ALTER TABLE attachments ADD COLUMN state SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN source_key TEXT;
ALTER TABLE attachments ADD COLUMN failure TEXT;
ALTER TABLE attachments ADD COLUMN duration_millis BIGINT;
ALTER TABLE attachments ADD COLUMN frame_rate TEXT;
ALTER TABLE attachments ADD COLUMN bitrate BIGINT;
-- Where the small picture of a remote file is.
ALTER TABLE attachments ADD COLUMN remote_preview_url TEXT;
