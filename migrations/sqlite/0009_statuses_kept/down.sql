DROP TABLE scheduled_attachments;
DROP TABLE scheduled_statuses;
DROP TABLE conversation_mutes;
DROP TABLE pins;
