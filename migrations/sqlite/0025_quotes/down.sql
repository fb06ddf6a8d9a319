ALTER TABLE users DROP COLUMN default_quote_policy;
DROP TABLE quote_terms;
DROP TABLE quotes;
