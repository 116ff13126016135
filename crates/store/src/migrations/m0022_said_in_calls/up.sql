-- Under which name, hashed, a code was asked for: who is nobody's customer is counted as who is.
ALTER TABLE proofs ADD COLUMN name BYTEA;
-- What was said in short goes with what was said word by word.
DROP INDEX calls_with_transcript;
CREATE INDEX calls_with_words ON calls (company_id, started_at) WHERE transcript <> '' OR summary IS NOT NULL;
