DROP INDEX jobs_due_by_class;
ALTER TABLE jobs DROP COLUMN is_background;
DROP INDEX receipts_by_state;
DROP TABLE receipt_inboxes;
