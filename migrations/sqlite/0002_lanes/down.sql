ALTER TABLE deliveries RENAME TO deliveries_of_four_classes;
CREATE TABLE deliveries (
    peer_id BIGINT NOT NULL REFERENCES peers (id) ON DELETE CASCADE,
    activity_id BIGINT NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
    inbox_id BIGINT NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    due_at BIGINT NOT NULL DEFAULT 0,
    refusals BIGINT NOT NULL DEFAULT 0,
    refused_since BIGINT,
    PRIMARY KEY (peer_id, activity_id, inbox_id)
) WITHOUT ROWID;
INSERT INTO deliveries (peer_id, activity_id, inbox_id, due_at, refusals, refused_since)
    SELECT peer_id, activity_id, inbox_id, due_at, refusals, refused_since FROM deliveries_of_four_classes;
DROP TABLE deliveries_of_four_classes;
CREATE INDEX deliveries_by_activity ON deliveries (activity_id);
CREATE INDEX deliveries_by_inbox ON deliveries (inbox_id);
DROP INDEX activities_delivered;
DROP INDEX IF EXISTS activities_by_object;
DROP INDEX activities_by_retention;
CREATE INDEX activities_by_age ON activities (created_at);
ALTER TABLE activities DROP COLUMN delivered_at;
ALTER TABLE activities DROP COLUMN outlives;
DROP INDEX accounts_by_shared_inbox;
DROP INDEX accounts_by_inbox;
ALTER TABLE inboxes DROP COLUMN checked_at;
DROP INDEX peers_by_probe;
ALTER TABLE peers DROP COLUMN heard_at;
ALTER TABLE peers DROP COLUMN outage;
