-- Readable from: 6
-- Mails that are not done with, by when something last became of them: those whose job is lost are found again (cloud/jobs/SPEC.md VJ6).
-- `looked_at`: when it was last looked whether they have one.
ALTER TABLE invoice_mail ADD COLUMN looked_at bigint NOT NULL DEFAULT 0;
ALTER TABLE report_run ADD COLUMN looked_at bigint NOT NULL DEFAULT 0;
CREATE INDEX invoice_mail_open ON invoice_mail (changed_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX report_run_open ON report_run (changed_at) WHERE state IN ('waiting', 'sending');
