-- Why somebody is away, where it matters to others.
ALTER TABLE absences ADD COLUMN reason TEXT;
