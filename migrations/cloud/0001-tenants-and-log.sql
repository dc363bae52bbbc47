-- The authority's database (core/sync/SPEC.md, cloud/SPEC.md). Every table but `device`, `enrolment_code` and `nonce`, which say whose a
-- request is, is keyed by tenant first: it can be sharded by it.
-- Times are milliseconds. No sequence of the database orders anything: positions come from the tenant's row (SY1).

-- What the master key of all copies must answer: a copy with another one would write what the others can not read.
CREATE TABLE installation (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  key_check text NOT NULL
);

CREATE TABLE tenant (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  -- Position of the last item of its log: taken under this row's lock, in the transaction that appends.
  position bigint NOT NULL DEFAULT 0,
  created_at bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE device (
  id text PRIMARY KEY,
  tenant uuid NOT NULL REFERENCES tenant,
  name text NOT NULL,
  -- Ed25519, SPKI.
  public_key bytea NOT NULL,
  -- Who may use it; null: anybody.
  users text[],
  -- The device that it was before its store was restored from a backup (SY11).
  formerly text,
  enrolled_at bigint NOT NULL,
  revoked_at bigint,
  -- Its next greeting is answered with the order to throw its key away.
  wipe boolean NOT NULL DEFAULT false,
  -- Where its chain has got to.
  sequence bigint NOT NULL DEFAULT 0,
  hash text NOT NULL DEFAULT repeat('0', 64)
) WITH (fillfactor = 50);
CREATE INDEX device_of_tenant ON device (tenant);

CREATE TABLE enrolment_code (
  -- SHA-256 of the code.
  hash bytea PRIMARY KEY,
  tenant uuid NOT NULL REFERENCES tenant,
  users text[],
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_by text
);

-- What a device has signed once it may not sign again.
CREATE TABLE nonce (
  device text NOT NULL,
  nonce text NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (device, nonce)
);
CREATE INDEX nonce_by_age ON nonce (expires_at);

CREATE TABLE log (
  tenant uuid NOT NULL REFERENCES tenant,
  position bigint NOT NULL,
  device text NOT NULL,
  sequence bigint NOT NULL,
  id text NOT NULL,
  hash text NOT NULL,
  seen bigint NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('accepted', 'merged', 'refused')),
  received_at bigint NOT NULL,
  -- Ids of the person keys that entry and effects are sealed with.
  keys text[] NOT NULL,
  -- JSON as items carry it, records sealed.
  effects text NOT NULL,
  -- The entry's text as its journal keeps it: compressed already.
  body bytea NOT NULL,
  PRIMARY KEY (tenant, position),
  UNIQUE (tenant, device, sequence),
  UNIQUE (tenant, id)
);
ALTER TABLE log ALTER COLUMN body SET STORAGE EXTERNAL;

-- The newest version of each record. Its content is not kept twice: it stands in the log where its etag says (SY3).
CREATE TABLE head (
  tenant uuid NOT NULL REFERENCES tenant,
  type text NOT NULL,
  locator text NOT NULL,
  version bigint NOT NULL,
  etag text NOT NULL,
  schema integer NOT NULL,
  -- Position of the item that made the content; a tombstone's is that of the deletion.
  made bigint NOT NULL,
  -- Position of the last item that touched it, also one that only raised its number.
  since bigint NOT NULL,
  gone boolean NOT NULL,
  PRIMARY KEY (tenant, type, locator)
);
CREATE INDEX head_newest ON head (tenant, made DESC, type, locator);

-- What heads were, for snapshots at a position that the log has left behind meanwhile (SY43); thrown away after a while.
CREATE TABLE former_head (
  tenant uuid NOT NULL REFERENCES tenant,
  -- Position of the item that put an end to it.
  until bigint NOT NULL,
  type text NOT NULL,
  locator text NOT NULL,
  version bigint NOT NULL,
  etag text NOT NULL,
  schema integer NOT NULL,
  made bigint NOT NULL,
  since bigint NOT NULL,
  gone boolean NOT NULL,
  PRIMARY KEY (tenant, until, type, locator)
);

-- The last refusal of a device's work on an aggregate (SY16).
CREATE TABLE refusal (
  tenant uuid NOT NULL REFERENCES tenant,
  device text NOT NULL,
  aggregate text NOT NULL,
  position bigint NOT NULL,
  conflict text,
  PRIMARY KEY (tenant, device, aggregate)
);
CREATE INDEX refusal_newest ON refusal (tenant, device, position);

-- Whose a printed number of a series is: locator of the policy, the invoice, the payment.
CREATE TABLE number (
  tenant uuid NOT NULL REFERENCES tenant,
  series text NOT NULL,
  number text NOT NULL,
  owner text NOT NULL,
  PRIMARY KEY (tenant, series, number)
);

-- "grant" is a word of SQL.
CREATE TABLE granted_range (
  tenant uuid NOT NULL REFERENCES tenant,
  series text NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL CHECK (last >= first),
  device text NOT NULL,
  PRIMARY KEY (tenant, series, first)
);

-- Keys of persons, each encrypted under the cloud's master key; null: erased.
CREATE TABLE person_key (
  tenant uuid NOT NULL REFERENCES tenant,
  id text NOT NULL,
  person text NOT NULL,
  key bytea,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX person_key_of_person ON person_key (tenant, person);

-- Who was forgotten stays so (SY22).
CREATE TABLE erased_person (
  tenant uuid NOT NULL REFERENCES tenant,
  person text NOT NULL,
  PRIMARY KEY (tenant, person)
);
