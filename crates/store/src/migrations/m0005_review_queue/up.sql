-- Whatever a person has to look at is one row: about an appointment, about an event type of a service or a field of it
-- (`detail` says which), or about a booking that only Cal.com knows (`detail` is its name there).
CREATE TABLE reviews_anew (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    appointment_id UUID,
    service_id UUID,
    connection_id UUID,
    detail TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    starts_at BIGINT,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by TEXT,
    assignee_id UUID,
    snoozed_until BIGINT,
    aside TEXT,
    basis TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id),
    FOREIGN KEY (company_id, service_id) REFERENCES services (company_id, id),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);
INSERT INTO reviews_anew
    (company_id, id, appointment_id, detail, code, message, opened_at, updated_at, closed_at, closed_by, version)
SELECT company_id, id, appointment_id, '', code, message, opened_at, updated_at, closed_at, closed_by, 1 FROM reviews;
DROP TABLE reviews;
ALTER TABLE reviews_anew RENAME TO reviews;
CREATE UNIQUE INDEX reviews_one_open ON reviews (company_id, appointment_id, code)
    WHERE closed_at IS NULL AND appointment_id IS NOT NULL;
CREATE UNIQUE INDEX reviews_one_open_of_service ON reviews (company_id, service_id, detail, code)
    WHERE closed_at IS NULL AND service_id IS NOT NULL;
CREATE UNIQUE INDEX reviews_one_open_of_booking ON reviews (company_id, connection_id, detail, code)
    WHERE closed_at IS NULL AND connection_id IS NOT NULL;
CREATE INDEX reviews_open ON reviews (company_id, opened_at) WHERE closed_at IS NULL;
CREATE INDEX reviews_closed ON reviews (company_id, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX reviews_by_appointment ON reviews (company_id, appointment_id);

-- What people did about an item: whose it is, until when it rests, what they wrote, how they decided.
CREATE TABLE review_entries (
    company_id UUID NOT NULL,
    review_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor JSONB NOT NULL,
    what JSONB NOT NULL,
    PRIMARY KEY (company_id, review_id, seq),
    FOREIGN KEY (company_id, review_id) REFERENCES reviews (company_id, id)
);

-- In which account a booking that nobody here knows is at home, and when it starts.
ALTER TABLE findings ADD COLUMN connection_id UUID;
ALTER TABLE findings ADD COLUMN starts_at BIGINT;
