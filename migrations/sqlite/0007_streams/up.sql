-- What streams tell, in the order of its commits, for a few minutes: a stream that broke off goes on behind the
-- last id that it was told. subject_id is a status or a notification, account_id its author or its recipient.
-- Nothing refers to other tables: what is told of a deletion outlives what was deleted.
CREATE TABLE news (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind SMALLINT NOT NULL,
    subject_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    remains TEXT,
    created_at BIGINT NOT NULL
);
