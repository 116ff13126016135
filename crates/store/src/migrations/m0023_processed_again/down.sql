ALTER TABLE deliveries DROP COLUMN first_processed_at;
