-- Times that are held for a while, and that nobody else gets: by when they are free again.
CREATE INDEX chairs_held ON chairs (company_id, expires_at) WHERE expires_at IS NOT NULL;

-- The state whose public holidays a branch keeps, by its code.
ALTER TABLE branches ADD COLUMN land TEXT;

-- When staff are away.
CREATE TABLE absences (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    staff_id UUID NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, id),
    CHECK (starts_at < ends_at),
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);
CREATE INDEX absences_by_staff ON absences (company_id, staff_id, ends_at);

-- What the short names mean that a holder was told: S1 is a time that was offered, A1 an appointment.
CREATE TABLE handles (
    company_id UUID NOT NULL,
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    target JSONB NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, holder, name)
);
CREATE INDEX handles_by_age ON handles (company_id, made_at);

-- Who was asked in a call to prove who they are, and how that went. Numbers stand here hashed.
CREATE TABLE proofs (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    call_id TEXT NOT NULL,
    caller BYTEA,
    customer_id UUID,
    kind TEXT NOT NULL,
    code BYTEA,
    at BIGINT NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX proofs_by_call ON proofs (company_id, call_id, at);
CREATE INDEX proofs_by_caller ON proofs (company_id, caller, at);
