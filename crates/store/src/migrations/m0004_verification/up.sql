-- Runs in which all bookings of an account are compared with what is known of them here. `position` is where an
-- unfinished one goes on; it is absent once both sides were read to the end.
CREATE TABLE verifications (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    connection_id UUID NOT NULL,
    actor JSONB NOT NULL,
    check_only BOOLEAN NOT NULL,
    starts JSONB NOT NULL,
    position JSONB,
    counts JSONB NOT NULL,
    started_at BIGINT NOT NULL,
    scheduled BOOLEAN NOT NULL,
    read_at BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);
CREATE INDEX verifications_by_connection ON verifications (company_id, connection_id, started_at);

-- The bookings that were not as they were known.
CREATE TABLE findings (
    company_id UUID NOT NULL,
    verification_id UUID NOT NULL,
    uid TEXT NOT NULL,
    appointment_id UUID,
    class TEXT NOT NULL,
    fields JSONB NOT NULL,
    found_at BIGINT NOT NULL,
    healed_at BIGINT,
    PRIMARY KEY (company_id, verification_id, uid),
    FOREIGN KEY (company_id, verification_id) REFERENCES verifications (company_id, id)
);
CREATE INDEX findings_open ON findings (company_id, verification_id, found_at) WHERE healed_at IS NULL;

-- Up to which change the bookings of an account were asked for, and the last one that no webhook told of.
ALTER TABLE connections ADD COLUMN changes_read_to BIGINT;
ALTER TABLE connections ADD COLUMN webhook_missed_at BIGINT;
