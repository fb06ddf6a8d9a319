DELETE FROM jobs WHERE kind = 'index_names';
ALTER TABLE profiles DROP COLUMN memorial;
ALTER TABLE reports DROP COLUMN collection_ids;
DROP TABLE collection_words;
DROP TABLE account_words;
