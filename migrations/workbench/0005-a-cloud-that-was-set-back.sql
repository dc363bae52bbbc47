-- A cloud that was set back to a backup (core/sync/SPEC.md SY96 and on). `lost`: place that an entry had in the part of the log that the
-- cloud lost. An entry of this device waits again then (`outcome` NULL); one of another device, or of an identity that this one was,
-- keeps its outcome, has no place, and stands aside under its device's name with `~` until it comes again.
ALTER TABLE journal ADD COLUMN lost INTEGER;
CREATE INDEX journal_lost ON journal (id) WHERE log_position IS NULL AND outcome IS NOT NULL;
