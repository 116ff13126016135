-- When a webhook that was processed again was processed first: what it changed was changed then.
ALTER TABLE deliveries ADD COLUMN first_processed_at BIGINT;
