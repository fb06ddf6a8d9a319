-- A delivery has a class, so that a lane brings what is personal first; see src/store/mailings.rs.

-- Counts the outages of a peer, and the times it was heard of in one.
ALTER TABLE peers ADD COLUMN outage BIGINT NOT NULL DEFAULT 0;
-- When its pause was last ended because it was heard of.
ALTER TABLE peers ADD COLUMN heard_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX peers_by_probe ON peers (next_probe_at) WHERE next_probe_at IS NOT NULL;

-- When it was last asked whether those who use this inbox have another.
ALTER TABLE inboxes ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX accounts_by_inbox ON accounts (inbox_url);
CREATE INDEX accounts_by_shared_inbox ON accounts (shared_inbox_url);

-- Deletions and the like are kept longer than what they end.
ALTER TABLE activities ADD COLUMN outlives BOOLEAN NOT NULL DEFAULT FALSE;
-- Since when nobody waits for it any more.
ALTER TABLE activities ADD COLUMN delivered_at BIGINT;
UPDATE activities SET outlives = TRUE
    WHERE kind IN ('Delete', 'Reject', 'Block') OR (kind = 'Undo' AND body LIKE '%"type":"Follow"%');
UPDATE activities SET delivered_at = created_at
    WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.activity_id = activities.id);
DROP INDEX activities_by_age;
CREATE INDEX activities_by_retention ON activities (outlives, created_at);
CREATE INDEX activities_by_object ON activities (object_uri);
CREATE INDEX activities_delivered ON activities (delivered_at) WHERE delivered_at IS NOT NULL;

-- The key begins with what a lane reads: the oldest of each class. It cannot be changed in place.
ALTER TABLE deliveries RENAME TO deliveries_of_one_class;
CREATE TABLE deliveries (
    peer_id BIGINT NOT NULL REFERENCES peers (id) ON DELETE CASCADE,
    -- 0 personal, 1 relations, 2 posts, 3 reactions.
    class SMALLINT NOT NULL DEFAULT 2,
    activity_id BIGINT NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
    inbox_id BIGINT NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
    -- In the past: when it was last tried in vain, 0 for never. In the future: set aside until then.
    due_at BIGINT NOT NULL DEFAULT 0,
    -- How often, and since when, the peer said no to this one while it took others.
    refusals BIGINT NOT NULL DEFAULT 0,
    refused_since BIGINT,
    -- In which outage of the peer it was queued; 0 if the peer was up.
    outage BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (peer_id, class, activity_id, inbox_id)
) WITHOUT ROWID;
INSERT INTO deliveries (peer_id, activity_id, inbox_id, due_at, refusals, refused_since)
    SELECT peer_id, activity_id, inbox_id, due_at, refusals, refused_since FROM deliveries_of_one_class;
DROP TABLE deliveries_of_one_class;
CREATE INDEX deliveries_by_activity ON deliveries (activity_id);
CREATE INDEX deliveries_by_inbox ON deliveries (inbox_id, activity_id);
CREATE INDEX deliveries_tried ON deliveries (peer_id, due_at) WHERE due_at > 0;
CREATE INDEX deliveries_refused ON deliveries (peer_id, refused_since) WHERE refused_since IS NOT NULL;
