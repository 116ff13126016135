-- The older version keeps no history of this.
DROP INDEX findings_healed;
DROP INDEX delivery_entries_by_time;
DROP TABLE setup_entries;
