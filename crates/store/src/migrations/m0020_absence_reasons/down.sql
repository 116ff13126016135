ALTER TABLE absences DROP COLUMN reason;
