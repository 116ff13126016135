-- How a call ended and what Retell says was said in it; all of it comes later than the call, or never.
ALTER TABLE calls ADD COLUMN ended_at BIGINT;
ALTER TABLE calls ADD COLUMN ended_because TEXT;
ALTER TABLE calls ADD COLUMN summary TEXT;
ALTER TABLE calls ADD COLUMN sentiment TEXT;
ALTER TABLE calls ADD COLUMN successful BOOLEAN;
ALTER TABLE calls ADD COLUMN transcript TEXT NOT NULL DEFAULT '';

-- What was reported of a call, each once, without numbers, words and sound.
CREATE TABLE call_events (
    company_id UUID NOT NULL,
    call_id TEXT NOT NULL,
    key TEXT NOT NULL,
    event TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    repeats BIGINT NOT NULL DEFAULT 0,
    body JSONB NOT NULL,
    PRIMARY KEY (company_id, call_id, key),
    FOREIGN KEY (company_id, call_id) REFERENCES calls (company_id, call_id)
);

-- What is old is found without reading what is not; and the calls of an appointment.
CREATE INDEX calls_with_transcript ON calls (company_id, started_at) WHERE transcript <> '';
CREATE INDEX call_functions_by_appointment ON call_functions (company_id, appointment_id)
    WHERE appointment_id IS NOT NULL;

-- Since when somebody answers for it that an agent says at once that it is a machine.
ALTER TABLE agents ADD COLUMN notice_checked_at BIGINT;
ALTER TABLE agents ADD COLUMN notice_checked_by UUID;
