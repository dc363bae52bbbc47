-- The first store: the journal, which is the truth, and what is made from it.

-- Facts about this store itself: its device, the version of its projections.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One entry a command, in order of arrival. `body` is the canonical JSON of the entry compressed with zstd (it is kept for
-- years and seldom read), `hash` the SHA-256 of the text.
CREATE TABLE journal (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  device TEXT NOT NULL,
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  hash TEXT NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (device, sequence)
) STRICT;

-- The key of each person whose data the journal seals. `key` is NULL once the person was erased.
CREATE TABLE person_key (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  key BLOB
) STRICT;
CREATE UNIQUE INDEX person_key_live ON person_key (person) WHERE key IS NOT NULL;

-- Everything below is made from the journal and can be made again (Store.rebuild).

-- Which entry gave a record which version.
CREATE TABLE journal_change (
  type TEXT NOT NULL,
  locator TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL REFERENCES journal (position),
  PRIMARY KEY (type, locator, version)
) STRICT, WITHOUT ROWID;

-- The current version of every record. `record` is NULL for a deleted one; `schema` counts the upgrade steps it was
-- written after; `person` and `personal` (a JSON list of paths) say which of its members are sealed in the journal.
CREATE TABLE record (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  locator TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  schema INTEGER NOT NULL CHECK (schema >= 0),
  updated INTEGER NOT NULL,
  person TEXT,
  personal TEXT,
  record TEXT,
  UNIQUE (type, locator)
) STRICT;
CREATE INDEX record_person ON record (person) WHERE person IS NOT NULL;

-- Values of indexed members (core/store/members.ts), for Store.find.
CREATE TABLE field_index (
  type TEXT NOT NULL,
  member TEXT NOT NULL,
  value TEXT NOT NULL,
  locator TEXT NOT NULL,
  PRIMARY KEY (type, member, value, locator)
) STRICT, WITHOUT ROWID;
CREATE INDEX field_index_record ON field_index (type, locator);

-- Full text of what people search, by the rowid of the record. Erased words must leave the file, hence secure-delete.
CREATE VIRTUAL TABLE search USING fts5 (title, body, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
