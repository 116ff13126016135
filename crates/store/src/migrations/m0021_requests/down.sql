ALTER TABLE call_functions DROP COLUMN request;
