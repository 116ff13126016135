-- What tells the very same request of a call when it is sent again: a hash of the function and the body. Calls that are
-- older than this have none, and are over.
ALTER TABLE call_functions ADD COLUMN request TEXT;
