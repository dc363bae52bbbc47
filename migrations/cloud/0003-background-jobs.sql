-- Background jobs (cloud/jobs/SPEC.md). The queue itself is pg-boss's, in its own schema `pgboss`, which it makes and keeps.
-- Nothing personal stands here in the clear.

-- Up to where the jobs have followed a tenant's log: always the end of a push. What a job is to do of an entry is written in the
-- transaction that moves this on (VJ1).
CREATE TABLE job_cursor (
  tenant uuid PRIMARY KEY REFERENCES tenant,
  position bigint NOT NULL
);
-- What was received before there were jobs is nobody's job any more.
INSERT INTO job_cursor (tenant, position) SELECT id, position FROM tenant;

CREATE TABLE job_settings (
  tenant uuid PRIMARY KEY REFERENCES tenant,
  -- JSON; a mail server's address, which may hold a password, is encrypted under the master key.
  settings text NOT NULL
);

-- Received decisions that were rated again (VJ10 and on).
CREATE TABLE verification (
  tenant uuid NOT NULL REFERENCES tenant,
  -- Of the entry that brought it.
  position bigint NOT NULL,
  -- The quote, or the transaction after the issue.
  locator text NOT NULL,
  type text NOT NULL CHECK (type IN ('quote', 'transaction')),
  -- That the price and the decision stand on.
  worksheet text NOT NULL,
  entry text NOT NULL,
  device text NOT NULL,
  -- Why it was chosen.
  why text NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('confirmed', 'differs', 'unverifiable')),
  -- What differs first: the input, the price, the decision, a worksheet.
  what text,
  -- Titles of the sections around the first step that differs.
  path text[] NOT NULL,
  -- Code of the problem where it could not be rated.
  problem text,
  -- That recorded it.
  engine text,
  -- The step on both sides, JSON, sealed with the key of the person whose decision it is: erasing reaches it.
  detail text NOT NULL,
  -- JSON; null: the decision was not sealed.
  seal text,
  first_at bigint NOT NULL,
  verified_at bigint NOT NULL,
  PRIMARY KEY (tenant, position, locator)
);
CREATE INDEX verification_not_confirmed ON verification (tenant, verdict, position) WHERE verdict <> 'confirmed';

-- Invoices that are to be mailed, each once (VJ30 and on).
CREATE TABLE invoice_mail (
  tenant uuid NOT NULL REFERENCES tenant,
  invoice text NOT NULL,
  -- Of the entry that issued it.
  position bigint NOT NULL,
  -- `sending`: handed to the mail server, whose answer is not written down yet.
  state text NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'not-sent')),
  -- Why it is not sent, or not sent yet.
  reason text,
  tries integer NOT NULL DEFAULT 0,
  queued_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  PRIMARY KEY (tenant, invoice)
);
