-- Changes at Cal.com that were found by asking for them, not told by a webhook: when they were made, and when they were found.
CREATE TABLE detections (
    company_id UUID NOT NULL REFERENCES companies (id),
    uid TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, uid, changed_at)
);
CREATE INDEX detections_by_time ON detections (company_id, found_at);

-- Requests with which what a run found was looked at, beside its pages.
ALTER TABLE verifications ADD COLUMN rereads BIGINT NOT NULL DEFAULT 0;

-- How many times in a row an error of our own has kept a piece of work from being done.
ALTER TABLE dirty ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
CREATE INDEX dirty_failing ON dirty (company_id, failures) WHERE failures > 0;
