DROP INDEX users_unconfirmed;
DROP TABLE sign_ups;
DROP TABLE invites;
DROP TABLE email_changes;
DROP TABLE mail_links;
