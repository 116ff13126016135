-- What the older schema cannot say is left out: what was seen of event types, and the histories of services.

DELETE FROM dirty WHERE subject_kind IN ('event_types', 'service');
DROP TABLE service_entries;

CREATE TABLE links (
    company_id UUID NOT NULL,
    id UUID NOT NULL,
    service_id UUID NOT NULL,
    staff_id UUID,
    connection_id UUID NOT NULL,
    event_type_id BIGINT NOT NULL,
    reference_field BOOLEAN NOT NULL,
    segment BIGINT NOT NULL DEFAULT 0,
    host BIGINT,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, service_id) REFERENCES services (company_id, id),
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id),
    FOREIGN KEY (company_id, connection_id) REFERENCES connections (company_id, id)
);
INSERT INTO links
SELECT company_id, id, service_id, staff_id, connection_id, event_type_id, reference_field, segment, host
FROM event_types WHERE role = 'current' AND event_type_id IS NOT NULL;
DROP TABLE event_types;
CREATE UNIQUE INDEX links_one_per_staff ON links (company_id, service_id, segment, staff_id)
    WHERE staff_id IS NOT NULL;
CREATE UNIQUE INDEX links_one_per_team ON links (company_id, service_id, segment) WHERE staff_id IS NULL;
CREATE INDEX links_event_type ON links (company_id, connection_id, event_type_id);

ALTER TABLE staff DROP COLUMN connection_id;
UPDATE services SET active = FALSE WHERE deleted_at IS NOT NULL;
ALTER TABLE services DROP COLUMN deleted_at;
ALTER TABLE services DROP COLUMN version;
ALTER TABLE services DROP COLUMN sync;
ALTER TABLE services DROP COLUMN terms;
