-- How often somebody liked, boosted or answered others on a day on which they were here.
ALTER TABLE user_days ADD COLUMN interactions BIGINT NOT NULL DEFAULT 0;
UPDATE user_days SET interactions = done.number
FROM (
    SELECT account_id, ((id >> 16) / 86400000) * 86400000 AS day, COUNT(*) AS number
    FROM (
        SELECT account_id, id FROM favourites WHERE account_id IN (SELECT account_id FROM users)
        UNION ALL
        SELECT account_id, id FROM statuses WHERE account_id IN (SELECT account_id FROM users)
            AND (boost_of_id IS NOT NULL OR in_reply_to_account_id <> account_id)
    ) AS deeds
    GROUP BY 1, 2
) AS done
WHERE done.account_id = user_days.account_id AND done.day = user_days.day;

-- From which server a file came: its name with the labels turned round and a dot at the end (org.example.files.), so
-- that a domain and all below it lie together. Of older files it is not known.
ALTER TABLE remote_files ADD COLUMN host TEXT COLLATE "C";
CREATE INDEX remote_files_by_host ON remote_files (host) WHERE host IS NOT NULL;

-- How often somebody wanted to sign up with an address of a blocked domain, by the day and by where they came from.
CREATE TABLE blocked_sign_ups (
    block_id BIGINT NOT NULL REFERENCES email_domain_blocks (id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    address TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (block_id, day, address)
);
CREATE INDEX blocked_sign_ups_by_day ON blocked_sign_ups (day);
