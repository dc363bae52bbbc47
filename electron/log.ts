import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const MOST_BYTES = 1_000_000;

export type Log = (event: string, details?: Readonly<Record<string, unknown>>) => void;

/** The shell's log, a line of JSON an event: what was ignored, what broke, what was healed. No customer data, no keys. */
export function openLog(file: string): Log {
  return (event, details = {}) => {
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      if (sizeOf(file) > MOST_BYTES) renameSync(file, `${file}.old`);
      appendFileSync(file, `${JSON.stringify({ time: new Date().toISOString(), event, ...details })}\n`, {
        mode: 0o600,
      });
    } catch {
      // A full disk must not take the window down with it.
    }
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
