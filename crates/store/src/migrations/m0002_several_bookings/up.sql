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
-- By their ends: whoever asks asks about what is to come, and most of what there is has ended.
CREATE INDEX chairs_by_staff ON chairs (company_id, staff_id, ends_at, starts_at);
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
-- The one call in doubt becomes the first of a list: the text of the object with two more keys at its beginning.
UPDATE bookings
SET doubts = CAST('[{"over":false,"looked":false,' || SUBSTR(CAST(in_doubt AS TEXT), 2) || ']' AS JSONB)
WHERE in_doubt IS NOT NULL;
ALTER TABLE bookings DROP COLUMN in_doubt;
-- What time a booking takes up is written with every sighting from now on; till then it is where it is wanted.
UPDATE bookings
SET held_from = (SELECT starts_at FROM appointments a
                 WHERE a.company_id = bookings.company_id AND a.id = bookings.appointment_id),
    held_to = (SELECT ends_at FROM appointments a
               WHERE a.company_id = bookings.company_id AND a.id = bookings.appointment_id)
WHERE uid IS NOT NULL;
CREATE INDEX bookings_held ON bookings (company_id, connection_id, held_to) WHERE held_to IS NOT NULL;

ALTER TABLE booking_uids RENAME COLUMN segment TO number;

ALTER TABLE services ADD COLUMN segments JSONB NOT NULL DEFAULT '[]';
ALTER TABLE links ADD COLUMN segment BIGINT NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN host BIGINT;
DROP INDEX links_one_per_staff;
DROP INDEX links_one_per_team;
CREATE UNIQUE INDEX links_one_per_staff ON links (company_id, service_id, segment, staff_id)
    WHERE staff_id IS NOT NULL;
CREATE UNIQUE INDEX links_one_per_team ON links (company_id, service_id, segment) WHERE staff_id IS NULL;
