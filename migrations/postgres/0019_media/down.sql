ALTER TABLE attachments DROP COLUMN remote_preview_url;
ALTER TABLE attachments DROP COLUMN bitrate;
ALTER TABLE attachments DROP COLUMN frame_rate;
ALTER TABLE attachments DROP COLUMN duration_millis;
ALTER TABLE attachments DROP COLUMN failure;
ALTER TABLE attachments DROP COLUMN source_key;
ALTER TABLE attachments DROP COLUMN state;
