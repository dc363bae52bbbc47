-- Readable from: 7
-- When the cloud was set back to a backup (cloud/SPEC.md CL68): JSON list, oldest first, of id, position at which the log was cut, the
-- time that the backup was of, and the first number of each series that is granted since.
ALTER TABLE tenant ADD COLUMN set_backs text NOT NULL DEFAULT '[]';
-- The log held the entry before it was set back: what it called for may have been done.
ALTER TABLE log ADD COLUMN again boolean NOT NULL DEFAULT false;
