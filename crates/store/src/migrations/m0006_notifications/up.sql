-- What somebody may want to hear of. It stands here from the transaction in which it became true; `told_at` is when it
-- was taken into messages.
CREATE TABLE occurrences (
    company_id UUID NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    count BIGINT NOT NULL,
    told_at BIGINT,
    PRIMARY KEY (company_id, what, subject, happened_at),
    FOREIGN KEY (company_id) REFERENCES companies (id)
);
CREATE INDEX occurrences_untold ON occurrences (company_id) WHERE told_at IS NULL;

-- How a company wants to be told, where that is not as usual. `target` is an address, encrypted.
CREATE TABLE notification_channels (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    rules JSONB NOT NULL,
    quiet JSONB,
    gather_minutes BIGINT NOT NULL,
    target BYTEA,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id) REFERENCES companies (id)
);

-- What recipients are told. More is added to a message until `closed_at`: when it went, or was read behind the bell.
-- `due_at` is when it goes, or is tried again; there is none behind the bell and none once it was sent or given up.
CREATE TABLE messages (
    company_id UUID NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    channel_id UUID NOT NULL,
    user_id UUID,
    topic TEXT,
    lines JSONB NOT NULL,
    begun_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    due_at BIGINT,
    closed_at BIGINT,
    tries BIGINT NOT NULL,
    sent_at BIGINT,
    failed_at BIGINT,
    problem TEXT,
    PRIMARY KEY (company_id, number),
    FOREIGN KEY (company_id) REFERENCES companies (id),
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id)
);
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_of ON messages (company_id, channel_id, user_id, number);
CREATE INDEX messages_open ON messages (company_id) WHERE closed_at IS NULL;
