-- When somebody said that what is left to be set up is not wanted.
ALTER TABLE companies ADD COLUMN setup_hidden_at BIGINT;

-- Which runs are under way is asked for wherever somebody looks.
CREATE INDEX verifications_under_way ON verifications (company_id) WHERE finished_at IS NULL;
CREATE INDEX sessions_by_end ON sessions (company_id, expires_at);

-- When an account last answered: also of one that has never done so, beside one that does all day.
CREATE INDEX attempts_answered ON attempts (company_id, connection_id, id) WHERE http_status IS NOT NULL;
