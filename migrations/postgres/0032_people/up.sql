-- The words of the names of accounts, by which people are found. reach is the number of digits of the number of an
-- account's followers, so that those with many are found first without looking at all.
CREATE TABLE account_words (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    word TEXT COLLATE "C" NOT NULL,
    reach SMALLINT NOT NULL,
    PRIMARY KEY (account_id, word)
);
CREATE INDEX account_words_by_reach ON account_words (reach, word, account_id);

-- The same of collections.
CREATE TABLE collection_words (
    collection_id BIGINT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    word TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (collection_id, word)
);
CREATE INDEX collection_words_by_word ON collection_words (word, collection_id);

-- Which collections a report is about, as JSON.
ALTER TABLE reports ADD COLUMN collection_ids TEXT NOT NULL DEFAULT '[]';

-- Whether an account remembers somebody who died.
ALTER TABLE profiles ADD COLUMN memorial BOOLEAN NOT NULL DEFAULT FALSE;

-- The names that are known already are split into words a little at a time.
INSERT INTO jobs (id, kind, payload, due_at, attempts, last_error, is_dead, created_at, is_background)
SELECT 32, 'index_names', '{"kind":"index_names","after":"0"}', 0, 0, NULL, FALSE, 0, TRUE
WHERE EXISTS (SELECT 1 FROM accounts);
