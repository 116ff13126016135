DROP INDEX attempts_answered;
DROP INDEX sessions_by_end;
DROP INDEX verifications_under_way;
ALTER TABLE companies DROP COLUMN setup_hidden_at;
