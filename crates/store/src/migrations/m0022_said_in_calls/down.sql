DROP INDEX calls_with_words;
CREATE INDEX calls_with_transcript ON calls (company_id, started_at) WHERE transcript <> '';
ALTER TABLE proofs DROP COLUMN name;
