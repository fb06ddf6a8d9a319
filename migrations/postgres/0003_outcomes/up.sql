-- What became of each delivery, for as long as people may want to know.
CREATE TABLE outcomes (
    activity_id BIGINT NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
    peer_id BIGINT NOT NULL,
    inbox_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT,
    PRIMARY KEY (activity_id, peer_id, inbox_id)
);

-- From when nobody waits for a document any more, its body is empty.
UPDATE activities SET body = '' WHERE delivered_at IS NOT NULL;

-- What is known of another server beside whether it takes deliveries.
ALTER TABLE peers ADD COLUMN last_heard_at BIGINT;
ALTER TABLE peers ADD COLUMN software TEXT;
ALTER TABLE peers ADD COLUMN software_version TEXT;
ALTER TABLE peers ADD COLUMN software_asked_at BIGINT;
ALTER TABLE peers ADD COLUMN clock_skew_ms BIGINT;
ALTER TABLE peers ADD COLUMN signature_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE peers ADD COLUMN signature_failure TEXT;
ALTER TABLE peers ADD COLUMN signature_failed_at BIGINT;
ALTER TABLE peers ADD COLUMN paused_at BIGINT;
