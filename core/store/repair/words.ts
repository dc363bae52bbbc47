import type { RepairOutcome, RepairReport } from './report.ts';

/** Most lost entries that are named one by one in words. */
const MOST = 200;

/** What a repair did, for a person: each thing in a sentence (SPEC J64). Times in UTC. */
export function repairWords(report: RepairReport, outcome: RepairOutcome): readonly string[] {
  const { backup, kept, lastInBackup, aside, files, records, endKnown, renewed } = report;
  const lines = [
    `Damaged: ${damageWords(report.found)}`,
    `The damaged file lies as it was in ${aside}.`,
    backup
      ? `Restored: the backup ${backup.folder} of ${when(backup.at)}, up to entry ${lastInBackup}.`
      : 'Restored: from the damaged file alone; there was no backup.',
    `Read from the damaged file: ${count(kept, 'entry', 'entries')} made since.`,
  ];
  if (records.length > 0)
    lines.push(`Of entries that can not be read, the file still showed what they made: ${records.join(', ')}.`);
  if (files > 0) lines.push(`${count(files, 'file was', 'files were')} missing here and came from the backup.`);
  if (renewed) lines.push('This workbench goes on under a new identity, which it asks the cloud for by itself.');
  if (!outcome.asked)
    lines.push(
      'What is missing and was sent before comes back from the cloud at the next meeting; only then is it known what is lost.',
    );
  else if (outcome.fromCloud > 0)
    lines.push(`${count(outcome.fromCloud, 'entry', 'entries')} came back from the cloud.`);
  for (const { sequence, at, records: changed } of outcome.lost.slice(0, MOST))
    lines.push(
      `Lost: entry ${sequence}${at === null ? '' : ` of ${when(at)}`}${changed.length > 0 ? ` (${changed.join(', ')})` : ''}.`,
    );
  if (outcome.lost.length > MOST) lines.push(`Lost: ${outcome.lost.length - MOST} more.`);
  if (!endKnown)
    lines.push(
      `The end of the file can not be read: work done after ${backup ? when(backup.at) : 'its beginning'} that is not named here and was not sent is lost.`,
    );
  else if (outcome.asked && outcome.lost.length === 0) lines.push('Nothing is lost.');
  return lines;
}

/** What was found, without what was to be done about it. */
export function damageWords(found: string): string {
  return found.replace(/ Run `fieldwriter verify`.*$/s, '');
}

function when(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

function count(number: number, one: string, more: string): string {
  return `${number} ${number === 1 ? one : more}`;
}
