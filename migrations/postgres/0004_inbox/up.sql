-- Further personal inboxes that one activity came through; the first stands in the receipt itself.
CREATE TABLE receipt_inboxes (
    receipt_id BIGINT NOT NULL REFERENCES receipts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (receipt_id, account_id)
);
CREATE INDEX receipts_by_state ON receipts (state, id);

-- Work that nobody waits for, which is put off while the node is busy.
ALTER TABLE jobs ADD COLUMN is_background BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX jobs_due_by_class ON jobs (is_dead, is_background, due_at, id);
