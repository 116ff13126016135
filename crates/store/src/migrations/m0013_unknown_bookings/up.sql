-- What a booking says that nobody here knows; and with which appointment one overlaps.
ALTER TABLE findings ADD COLUMN there JSONB;
ALTER TABLE findings ADD COLUMN other_id UUID;
ALTER TABLE reviews ADD COLUMN there JSONB;
