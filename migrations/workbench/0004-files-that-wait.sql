-- Files that the journal or the first fetch names and that have not crossed yet (core/sync/SPEC.md SY86). `own`: 1: it is here, and
-- the cloud may not have it; 0: it is elsewhere. `tries`: how often the cloud did not have it. `due`: when it is moved or asked for
-- next, milliseconds.
CREATE TABLE waiting_file (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  own INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX waiting_file_due ON waiting_file (due, id);
-- Until now nobody kept what had not come: it is looked for once more.
DELETE FROM meta WHERE name IN ('replica.files', 'replica.files-first');
