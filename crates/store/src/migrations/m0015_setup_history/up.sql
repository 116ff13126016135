-- What people did to how a company is set up: to its accounts at Cal.com, and to the ways it is told.
CREATE TABLE setup_entries (
    company_id UUID NOT NULL REFERENCES companies (id),
    subject_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor JSONB NOT NULL,
    name TEXT NOT NULL,
    what JSONB NOT NULL,
    PRIMARY KEY (company_id, subject_id, seq)
);

-- All histories are read together, by time.
CREATE INDEX setup_entries_by_time ON setup_entries (company_id, at);
CREATE INDEX delivery_entries_by_time ON delivery_entries (company_id, at);

-- How soon what was found had healed.
CREATE INDEX findings_healed ON findings (company_id, healed_at) WHERE healed_at IS NOT NULL;
