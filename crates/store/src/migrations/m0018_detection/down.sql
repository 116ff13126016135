DROP INDEX dirty_failing;
ALTER TABLE dirty DROP COLUMN failures;
ALTER TABLE verifications DROP COLUMN rereads;
DROP TABLE detections;
