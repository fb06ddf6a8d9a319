-- An actor may have keys of several sorts: 0 RSA, 1 Ed25519. Local accounts have one of each.
ALTER TABLE account_keys ADD COLUMN algorithm SMALLINT NOT NULL DEFAULT 0;

-- Accounts that have an RSA key only get the other a little at a time.
INSERT INTO jobs (id, kind, payload, due_at, attempts, last_error, is_dead, created_at, is_background)
SELECT 29, 'make_keys', '{"kind":"make_keys","after":"0"}', 0, 0, NULL, FALSE, 0, TRUE
WHERE EXISTS (SELECT 1 FROM users);
