-- The same body came again: how often, and when last.
ALTER TABLE deliveries ADD COLUMN repeats BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN repeated_at BIGINT;
CREATE INDEX deliveries_by_connection ON deliveries (company_id, connection_id, id);
CREATE INDEX deliveries_by_verdict ON deliveries (company_id, verdict, id);
CREATE INDEX deliveries_by_effect ON deliveries (company_id, effect, id);

-- What people did with a delivery: who has read its whole body, who had it processed again.
CREATE TABLE delivery_entries (
    company_id UUID NOT NULL,
    delivery_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor JSONB NOT NULL,
    what JSONB NOT NULL,
    PRIMARY KEY (company_id, delivery_id, seq),
    FOREIGN KEY (company_id, delivery_id) REFERENCES deliveries (company_id, id)
);

-- What is old is found without reading what is not.
CREATE INDEX deliveries_with_body ON deliveries (company_id, received_at) WHERE body <> '';
CREATE INDEX entries_by_time ON entries (company_id, at);
CREATE INDEX dedupes_by_age ON dedupes (company_id, created_at);

-- How well it went lately, from the index alone.
CREATE INDEX attempts_by_time ON attempts (company_id, started_at, kind, outcome, duration_ms);

-- What is on no list is not counted: with that the counts come from the index alone.
DROP INDEX appointments_by_sync;
CREATE INDEX appointments_by_sync ON appointments (company_id, sync, starts_at, deleted_at);
