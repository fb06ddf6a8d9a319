DELETE FROM jobs WHERE kind = 'make_keys';
DELETE FROM account_keys WHERE algorithm <> 0;
ALTER TABLE account_keys DROP COLUMN algorithm;
