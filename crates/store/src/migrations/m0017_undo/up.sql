-- What a person has decided about a booking, with what it was before, until that cannot be taken back any more.
ALTER TABLE bookings ADD COLUMN decided JSONB;

-- What people did about the items of the queue, in the order of time.
CREATE INDEX review_entries_by_time ON review_entries (company_id, at);
