ALTER TABLE reviews DROP COLUMN there;
ALTER TABLE findings DROP COLUMN other_id;
ALTER TABLE findings DROP COLUMN there;
