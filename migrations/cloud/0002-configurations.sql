-- Each tenant's repository of configurations (cloud/SPEC.md CL50 and on): objects and references of Git as rows, so that any number of
-- copies serve it, a push is one transaction, and it is backed up with everything else.

CREATE TABLE git_repository (
  tenant uuid PRIMARY KEY REFERENCES tenant,
  -- Number of the last change of a reference: taken under this row's lock.
  changes bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Immutable. What an object names is here too: nothing is kept that rests on what is not.
CREATE TABLE git_object (
  tenant uuid NOT NULL REFERENCES tenant,
  -- SHA-1 of Git, hexadecimal.
  oid text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('commit', 'tree', 'blob', 'tag')),
  -- Octets, unpacked.
  size bigint NOT NULL,
  -- Names of what it names: a commit's tree and parents, a tree's entries.
  links text[] NOT NULL,
  -- As a pack has it, deflated.
  body bytea NOT NULL,
  PRIMARY KEY (tenant, oid)
);
ALTER TABLE git_object ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE git_ref (
  tenant uuid NOT NULL REFERENCES tenant,
  name text NOT NULL,
  oid text NOT NULL,
  PRIMARY KEY (tenant, name)
);

-- Who moved which reference, and from where: what a deleted branch held can be found again.
CREATE TABLE git_ref_change (
  tenant uuid NOT NULL REFERENCES tenant,
  number bigint NOT NULL,
  name text NOT NULL,
  before text,
  after text,
  -- The device, the access code, or `cloud`.
  who text NOT NULL,
  at bigint NOT NULL,
  PRIMARY KEY (tenant, number)
);

-- Versions of deployments' records whose commits were taken into the repository, or never will be (`fault`).
CREATE TABLE git_deployment (
  tenant uuid NOT NULL REFERENCES tenant,
  etag text NOT NULL,
  fault text,
  at bigint NOT NULL,
  PRIMARY KEY (tenant, etag)
);

-- Personal codes that open the repository, to be given as Git's password.
CREATE TABLE git_code (
  -- SHA-256 of the code.
  hash bytea PRIMARY KEY,
  tenant uuid NOT NULL REFERENCES tenant,
  id text NOT NULL,
  -- Whose it is.
  holder text NOT NULL,
  -- Whether branches and releases may be pushed with it.
  writes boolean NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  revoked_at bigint,
  UNIQUE (tenant, id)
);
