-- An appointment may have several bookings: its segments, and those that others take the place of. Time is
-- taken up by segments, so the guard against double bookings moves from appointments to chairs.

CREATE TABLE chairs (
    company_id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    segment BIGINT NOT NULL,
    staff_id UUID NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    overlapping BOOLEAN NOT NULL,
    PRIMARY KEY (company_id, appointment_id, segment),
    CHECK (starts_at < ends_at),
    FOREIGN KEY (company_id, appointment_id) REFERENCES appointments (company_id, id),
    FOREIGN KEY (company_id, staff_id) REFERENCES staff (company_id, id)
);
CREATE INDEX chairs_by_staff ON chairs (company_id, staff_id, starts_at);
INSERT INTO chairs SELECT company_id, id, 0, staff_id, starts_at, ends_at, overlapping
FROM appointments WHERE status IN ('requested', 'confirmed');

ALTER TABLE appointments ADD COLUMN segments JSONB NOT NULL DEFAULT '[]';
ALTER TABLE appointments ADD COLUMN deleted_at BIGINT;

ALTER TABLE bookings RENAME COLUMN segment TO number;
ALTER TABLE bookings ADD COLUMN segment BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bookings ADD COLUMN role TEXT NOT NULL DEFAULT 'current';
ALTER TABLE bookings ADD COLUMN host BIGINT;
ALTER TABLE bookings ADD COLUMN earlier BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bookings ADD COLUMN doubts JSONB NOT NULL DEFAULT '[]';
ALTER TABLE bookings ADD COLUMN home_at BIGINT;
ALTER TABLE bookings ADD COLUMN held_from BIGINT;
ALTER TABLE bookings ADD COLUMN held_to BIGINT;
-- What was in doubt is looked at.
UPDATE bookings SET look = TRUE WHERE in_doubt IS NOT NULL;
ALTER TABLE bookings DROP COLUMN in_doubt;
CREATE INDEX bookings_held ON bookings (company_id, connection_id, held_from) WHERE held_from IS NOT NULL;

ALTER TABLE booking_uids RENAME COLUMN segment TO number;

ALTER TABLE services ADD COLUMN segments JSONB NOT NULL DEFAULT '[]';
ALTER TABLE links ADD COLUMN segment BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN host BIGINT;
DROP INDEX links_one_per_staff;
DROP INDEX links_one_per_team;
CREATE UNIQUE INDEX links_one_per_staff ON links (company_id, service_id, segment, staff_id)
    WHERE staff_id IS NOT NULL;
CREATE UNIQUE INDEX links_one_per_team ON links (company_id, service_id, segment) WHERE staff_id IS NULL;
