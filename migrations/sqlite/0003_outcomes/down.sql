ALTER TABLE peers DROP COLUMN paused_at;
ALTER TABLE peers DROP COLUMN signature_failed_at;
ALTER TABLE peers DROP COLUMN signature_failure;
ALTER TABLE peers DROP COLUMN signature_failures;
ALTER TABLE peers DROP COLUMN clock_skew_ms;
ALTER TABLE peers DROP COLUMN software_asked_at;
ALTER TABLE peers DROP COLUMN software_version;
ALTER TABLE peers DROP COLUMN software;
ALTER TABLE peers DROP COLUMN last_heard_at;
DROP INDEX activities_settled;
-- Documents without a body were taken by everybody; nothing is to be sent of them.
DELETE FROM activities WHERE settled_at IS NOT NULL;
ALTER TABLE activities DROP COLUMN settled_at;
DROP INDEX activities_by_object;
DROP TABLE outcomes;
