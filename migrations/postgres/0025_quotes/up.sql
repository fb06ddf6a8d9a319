-- Which status quotes which: a row for each that quotes. quoted_uri names what is quoted, quoted_id is it as long as it is
-- here. approval_uri is where the quoted author's word is, request_uri the activity that asked for it. is_legacy marks what
-- was quoted in a way that asks nobody.
CREATE TABLE quotes (
    id BIGINT PRIMARY KEY,
    status_id BIGINT NOT NULL UNIQUE REFERENCES statuses (id) ON DELETE CASCADE,
    quoted_id BIGINT REFERENCES statuses (id) ON DELETE SET NULL,
    quoted_uri TEXT NOT NULL,
    state SMALLINT NOT NULL,
    approval_uri TEXT,
    request_uri TEXT,
    is_legacy BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX quotes_of ON quotes (quoted_id, state, id);
CREATE INDEX quotes_waiting ON quotes (quoted_uri) WHERE quoted_id IS NULL;
CREATE INDEX quotes_by_approval ON quotes (approval_uri) WHERE approval_uri IS NOT NULL;
CREATE INDEX quotes_by_request ON quotes (request_uri) WHERE request_uri IS NOT NULL;

-- Who may quote a status without asking and after asking, as bits, and how many quotes of it hold. Nobody may quote what
-- has no row here.
CREATE TABLE quote_terms (
    status_id BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    automatic SMALLINT NOT NULL,
    manual SMALLINT NOT NULL,
    quotes BIGINT NOT NULL
);

-- Who may quote new posts of somebody who does not say: everybody, at first.
ALTER TABLE users ADD COLUMN default_quote_policy SMALLINT NOT NULL DEFAULT 0;
