import { createHash } from 'node:crypto';
import { readJson, writeWhole } from './whole-file.ts';

export const REMINDER = {
  type: 'info' as const,
  title: 'Fieldwriter',
  message: 'Print the recovery key of this data',
  detail:
    'The data on this computer is encrypted, and its key lies in the key store of the system. If that is ever lost, the printed recovery key opens the data; nothing else does. Keep it in a safe, apart from the computer.',
  buttons: ['Print…', 'Later'],
  defaultId: 0,
  cancelId: 1,
};

export interface Reminder {
  /** Remembers which keys were printed, by a hash that gives nothing of them away. */
  readonly file: string;
  readonly recoveryKey: string;
  /** @returns whether the user wants to print now */
  readonly ask: () => Promise<boolean>;
  /** @returns whether it was printed */
  readonly print: () => Promise<boolean>;
}

/** Offers the recovery key for printing at each start until it was printed. */
export async function remind({ file, recoveryKey, ask, print }: Reminder): Promise<void> {
  const mark = createHash('sha256').update(recoveryKey).digest('hex').slice(0, 16);
  const printed = printedIn(readJson(file));
  if (printed.includes(mark)) return;
  if ((await ask()) && (await print())) writeWhole(file, `${JSON.stringify({ printed: [...printed, mark] })}\n`);
}

function printedIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('printed' in value) || !Array.isArray(value.printed)) return [];
  return value.printed.filter((mark) => typeof mark === 'string');
}
