import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Problem } from '#core/model/problem.ts';
import type { VerifyReport } from './contract.ts';

/** What a thread of its own does with a large store, which takes seconds that nobody shall wait for. */
export type CopyWork =
  /** Copies an open database into a new file, as it is when the thread begins. */
  | { readonly kind: 'copy'; readonly database: string; readonly key: Uint8Array; readonly to: string }
  | { readonly kind: 'verify'; readonly folder: string; readonly key: Uint8Array };
export type CopyReport =
  | { readonly kind: 'copied' }
  | { readonly kind: 'verified'; readonly report: VerifyReport }
  | { readonly kind: 'problem'; readonly code: Problem['code']; readonly message: string };

/** Bytes of a database from which a thread pays: one starts in a tenth of a second. */
const LARGE = 32 * 1024 * 1024;

/** Whether a database is so large that a thread should work on it. */
export const isLarge = (database: string): boolean => statSync(database).size > LARGE;

/** Does the work in a thread. Throws what the work says, as a Problem. */
export function inThread(work: CopyWork): Promise<Exclude<CopyReport, { kind: 'problem' }>> {
  const here = import.meta.url;
  const thread = new Worker(new URL(here.endsWith('.ts') ? './copy-worker.ts' : './copy.js', here), {
    workerData: work,
  });
  return new Promise<Exclude<CopyReport, { kind: 'problem' }>>((resolve, reject) => {
    thread.on('message', (report: CopyReport) => {
      if (report.kind === 'problem') reject(new Problem(report.code, report.message));
      else resolve(report);
    });
    thread.on('error', reject);
    thread.on('exit', () => reject(new Error('the thread ended without an answer')));
  }).finally(() => void thread.terminate());
}
