DELETE FROM jobs WHERE kind = 'sort_conversations';
DROP TABLE conversation_statuses;
DROP TABLE conversations;
DROP TABLE notification_requests;
DROP TABLE notification_permissions;
DROP TABLE notification_policies;
-- What was filtered would be shown.
DELETE FROM notifications WHERE place = 2;
DROP INDEX notifications_from;
DROP INDEX notifications_heads_of_group;
DROP INDEX notifications_by_group;
DROP INDEX notifications_filtered;
DROP INDEX notifications_heads_by_kind;
DROP INDEX notifications_heads;
DROP INDEX notifications_shown_by_kind;
DROP INDEX notifications_shown;
ALTER TABLE notifications DROP COLUMN place;
ALTER TABLE notifications DROP COLUMN group_key;
