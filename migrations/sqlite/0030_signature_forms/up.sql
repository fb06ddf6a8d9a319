-- Which signatures a peer takes, once it was found to take others than were tried first: 0 draft-cavage, 1 RFC 9421; and
-- since when that is known.
ALTER TABLE peers ADD COLUMN signature_form SMALLINT;
ALTER TABLE peers ADD COLUMN signature_form_at BIGINT;
