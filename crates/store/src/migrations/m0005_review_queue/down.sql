ALTER TABLE findings DROP COLUMN starts_at;
ALTER TABLE findings DROP COLUMN connection_id;
DROP TABLE review_entries;
CREATE TABLE reviews_before (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by TEXT,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id)
);
-- The older schema knows of appointments only.
INSERT INTO reviews_before
SELECT company_id, id, appointment_id, code, message, opened_at, updated_at, closed_at, closed_by FROM reviews
WHERE appointment_id IS NOT NULL;
DROP TABLE reviews;
ALTER TABLE reviews_before RENAME TO reviews;
CREATE UNIQUE INDEX reviews_one_open ON reviews (company_id, appointment_id, code) WHERE closed_at IS NULL;
CREATE INDEX reviews_open ON reviews (company_id, opened_at) WHERE closed_at IS NULL;
