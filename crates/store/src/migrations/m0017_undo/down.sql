DROP INDEX review_entries_by_time;
ALTER TABLE bookings DROP COLUMN decided;
