-- Services are kept the same with their event types as appointments are with their bookings.

ALTER TABLE services ADD COLUMN terms JSONB NOT NULL DEFAULT '{}';
ALTER TABLE services ADD COLUMN sync TEXT NOT NULL DEFAULT 'never';
ALTER TABLE services ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE services ADD COLUMN deleted_at BIGINT;
UPDATE services SET sync = 'pending' WHERE EXISTS (
    SELECT 1 FROM links l WHERE l.company_id = services.company_id AND l.service_id = services.id
);

-- Whose account is whose.
ALTER TABLE staff ADD COLUMN connection_id UUID;
UPDATE staff SET connection_id = (
    SELECT l.connection_id FROM links l
    WHERE l.company_id = staff.company_id AND l.staff_id = staff.id AND l.host IS NULL
    ORDER BY l.id LIMIT 1
);

-- One row for each service of each person (or team), from before its event type is made.
CREATE TABLE event_types (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    service_id UUID NOT NULL,
    segment BIGINT NOT NULL,
    staff_id UUID,
    host BIGINT,
    connection_id UUID NOT NULL,
    event_type_id BIGINT,
    role TEXT NOT NULL,
    reference_field BOOLEAN NOT NULL,
    state JSONB NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, service_id) REFERENCES services (company_id, id),
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);
INSERT INTO event_types
SELECT company_id, id, service_id, segment, staff_id, host, connection_id, event_type_id, 'current',
       reference_field, '{"look":true}'
FROM links;
DROP TABLE links;
CREATE UNIQUE INDEX event_types_one_per_staff ON event_types (company_id, service_id, segment, staff_id)
    WHERE staff_id IS NOT NULL AND role = 'current';
CREATE UNIQUE INDEX event_types_one_per_team ON event_types (company_id, service_id, segment)
    WHERE staff_id IS NULL AND role = 'current';
CREATE INDEX event_types_by_calcom_id ON event_types (company_id, connection_id, event_type_id);

CREATE TABLE service_entries (
    company_id UUID NOT NULL,
    service_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    origin TEXT NOT NULL,
    actor JSONB NOT NULL,
    what JSONB NOT NULL,
    PRIMARY KEY (company_id, service_id, seq),
    FOREIGN KEY (company_id, service_id) REFERENCES services (company_id, id)
);
CREATE INDEX service_entries_by_time ON service_entries (company_id, at);

-- All event types of every account are looked at, now and from then on.
INSERT INTO dirty SELECT company_id, id, 'event_types', '', 3, 0, 1 FROM connections;
