-- Reports that a tenant has mailed on a schedule (cloud/jobs/SPEC.md VJ40 and on).

ALTER TABLE job_settings
  -- Times that were due before are not made up for.
  ADD COLUMN written_at bigint NOT NULL DEFAULT 0,
  -- When the next report is due at the latest; null: there is none.
  ADD COLUMN reports_at bigint;

-- One of a report for each time that it was due.
CREATE TABLE report_run (
  tenant uuid NOT NULL REFERENCES tenant,
  report text NOT NULL,
  due_at bigint NOT NULL,
  -- As in `invoice_mail`.
  state text NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'not-sent')),
  reason text,
  tries integer NOT NULL DEFAULT 0,
  changed_at bigint NOT NULL,
  PRIMARY KEY (tenant, report, due_at)
);
