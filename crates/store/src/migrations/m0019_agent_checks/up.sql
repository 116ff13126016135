-- What somebody has seen to at an agent, because no fact can tell it: since when, and who.
CREATE TABLE agent_checks (
    company_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    item TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    checked_by UUID NOT NULL,
    PRIMARY KEY (company_id, agent_id, item),
    FOREIGN KEY (company_id, agent_id) REFERENCES agents (company_id, id)
);
INSERT INTO agent_checks (company_id, agent_id, item, checked_at, checked_by)
    SELECT company_id, id, 'notice', notice_checked_at, notice_checked_by FROM agents
    WHERE notice_checked_at IS NOT NULL AND notice_checked_by IS NOT NULL;
ALTER TABLE agents DROP COLUMN notice_checked_by;
ALTER TABLE agents DROP COLUMN notice_checked_at;
