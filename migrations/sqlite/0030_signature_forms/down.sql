ALTER TABLE peers DROP COLUMN signature_form;
ALTER TABLE peers DROP COLUMN signature_form_at;
