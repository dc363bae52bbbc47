-- The list of risks: one row a policy, made from its records in the transaction that changes them (Store.risks).

-- `missing` is a JSON list of codes. `premium` is the amount; `premium_order` is the same as a number, for order and ranges only.
CREATE TABLE risk (
  id INTEGER PRIMARY KEY,
  policy TEXT NOT NULL UNIQUE,
  quote TEXT NOT NULL,
  policyholder TEXT NOT NULL,
  product TEXT NOT NULL,
  insured TEXT NOT NULL,
  insured_order TEXT NOT NULL,
  items TEXT NOT NULL,
  state TEXT NOT NULL,
  stage TEXT NOT NULL,
  number TEXT,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  premium TEXT,
  premium_order REAL,
  currency TEXT NOT NULL,
  decision TEXT,
  missing TEXT NOT NULL,
  open TEXT,
  updated INTEGER NOT NULL,
  created INTEGER NOT NULL,
  issued INTEGER
) STRICT;

-- An index for each order, with everything that filters behind it: a page is found without touching the rows that it skips.
CREATE INDEX risk_by_updated ON risk (updated, stage, state, product, decision, starts, ends, premium_order);
CREATE INDEX risk_by_insured ON risk (insured_order, updated, stage, state, product, decision, starts, ends, premium_order);
CREATE INDEX risk_by_product ON risk (product, updated, stage, state, decision, starts, ends, premium_order);
CREATE INDEX risk_by_stage ON risk (stage, updated, state, product, decision, starts, ends, premium_order);
CREATE INDEX risk_by_number ON risk (number, updated, stage, state, product, decision, starts, ends, premium_order);
CREATE INDEX risk_by_starts ON risk (starts, updated, stage, state, product, decision, ends, premium_order);
CREATE INDEX risk_by_ends ON risk (ends, updated, stage, state, product, decision, starts, premium_order);
CREATE INDEX risk_by_premium ON risk (premium_order, updated, stage, state, product, decision, starts, ends);
CREATE INDEX risk_by_issued ON risk (issued, updated, stage, state, product, decision, starts, ends, premium_order);

-- The words of all records of a risk together, by its id: words of the policyholder and of what is insured find it in one query.
CREATE VIRTUAL TABLE risk_search USING fts5 (words, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO risk_search (risk_search, rank) VALUES ('secure-delete', 1);

-- Single letters have an index too: `P-000123` is asked for as a word that begins with P and another.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (title, body, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
