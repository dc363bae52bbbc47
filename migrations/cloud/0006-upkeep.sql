-- What keeps the cloud's data safe by itself (cloud/SPEC.md CL60 and on), one row for each thing that is done in turn: when it was last
-- done, and when it last went well. Over all copies.
CREATE TABLE upkeep (
  what text PRIMARY KEY CHECK (what IN ('backup', 'drill')),
  last_at bigint NOT NULL,
  last_success bigint,
  -- Folder of the backup that was made, or tried.
  backup text,
  -- What went wrong, a sentence each; empty: nothing.
  faults text[] NOT NULL
);

-- Which programs may still serve this database (CL67): those that know the steps up to this number. NULL: this step's own.
ALTER TABLE migration ADD COLUMN readable_from integer;
