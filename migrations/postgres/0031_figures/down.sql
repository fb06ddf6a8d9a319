DROP TABLE blocked_sign_ups;
DROP INDEX remote_files_by_host;
ALTER TABLE remote_files DROP COLUMN host;
ALTER TABLE user_days DROP COLUMN interactions;
