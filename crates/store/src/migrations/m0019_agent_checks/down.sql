ALTER TABLE agents ADD COLUMN notice_checked_at BIGINT;
ALTER TABLE agents ADD COLUMN notice_checked_by UUID;
UPDATE agents SET
    notice_checked_at = (SELECT checked_at FROM agent_checks c
        WHERE c.company_id = agents.company_id AND c.agent_id = agents.id AND c.item = 'notice'),
    notice_checked_by = (SELECT checked_by FROM agent_checks c
        WHERE c.company_id = agents.company_id AND c.agent_id = agents.id AND c.item = 'notice');
DROP TABLE agent_checks;
