DELETE FROM dirty WHERE subject_kind IN ('bookings', 'changes');
DROP TABLE findings;
DROP TABLE verifications;
ALTER TABLE connections DROP COLUMN changes_read_to;
ALTER TABLE connections DROP COLUMN webhook_missed_at;
