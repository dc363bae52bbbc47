-- Replication (core/sync/SPEC.md): what of the journal stands in the log of all devices, and the log's version of what waits here.

-- `log_position`: place in the log; NULL: not known to be there. `outcome`: what became of it, once that is applied here.
-- `seen`: position of the log that was applied when the entry was made; NULL: made on another device.
-- `bases`: JSON list of what each change was made from (etags); NULL: what the entry before it left.
-- `effects`: packed JSON of what it did to records; NULL: its changes, as they stand in it. A row with a place in the log and
-- without an outcome is parked: a newer program reads it.
ALTER TABLE journal ADD COLUMN log_position INTEGER;
ALTER TABLE journal ADD COLUMN outcome TEXT;
ALTER TABLE journal ADD COLUMN seen INTEGER DEFAULT 0;
ALTER TABLE journal ADD COLUMN bases TEXT;
ALTER TABLE journal ADD COLUMN effects BLOB;
CREATE UNIQUE INDEX journal_log ON journal (log_position) WHERE log_position IS NOT NULL;

-- What version of a record this is; NULL: the id of the entry that its content is of, at `updated` (0: of a snapshot).
ALTER TABLE record ADD COLUMN etag TEXT;

-- Pending and confirmed versions of one record may carry the same number on one device.
ALTER TABLE journal_change RENAME TO journal_change_by_version;
CREATE TABLE journal_change (
  type TEXT NOT NULL,
  locator TEXT NOT NULL,
  position INTEGER NOT NULL REFERENCES journal (position),
  version INTEGER NOT NULL,
  PRIMARY KEY (type, locator, position)
) STRICT, WITHOUT ROWID;
INSERT INTO journal_change (type, locator, position, version)
  SELECT type, locator, position, version FROM journal_change_by_version;
DROP TABLE journal_change_by_version;

-- Two devices may each make a key for one person. `position`: entry of this device that sealed with it first, NULL: not looked up
-- yet, 0: it came from another device.
DROP INDEX person_key_live;
CREATE INDEX person_key_live ON person_key (person) WHERE key IS NOT NULL;
ALTER TABLE person_key ADD COLUMN position INTEGER;
CREATE INDEX person_key_position ON person_key (position);

-- The log's version of every record that entries which wait here have changed; `version` is NULL where there is none.
CREATE TABLE confirmed (
  type TEXT NOT NULL,
  locator TEXT NOT NULL,
  version INTEGER,
  schema INTEGER,
  updated INTEGER,
  person TEXT,
  personal TEXT,
  record TEXT,
  etag TEXT,
  UNIQUE (type, locator)
) STRICT;

-- Records of parked entries: they are not edited until the update.
CREATE TABLE parked (
  type TEXT NOT NULL,
  locator TEXT NOT NULL,
  log_position INTEGER NOT NULL,
  PRIMARY KEY (type, locator, log_position)
) STRICT, WITHOUT ROWID;

-- One row once this store has a cloud. `settled`: last sequence of this device that is known to stand in the log. `snapshot`: where
-- the first fetch stands, as JSON; NULL: complete. `baseline`: position of the log that the first fetch began from.
CREATE TABLE replica (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  position INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  baseline INTEGER NOT NULL,
  snapshot TEXT
) STRICT;
