DELETE FROM dirty WHERE subject_kind = 'bookings';
DROP TABLE findings;
DROP TABLE verifications;
