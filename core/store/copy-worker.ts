import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '#core/model/problem.ts';
import type { CopyReport, CopyWork } from './copy-thread.ts';
import { openDatabase } from './database.ts';
import { guarded } from './trouble.ts';
import { verify } from './verify.ts';

// A thread that copies or verifies one store, for `copy-thread.ts`, which started it.

async function done(work: CopyWork): Promise<CopyReport> {
  if (work.kind === 'verify') return { kind: 'verified', report: await verify(work.folder, work.key) };
  const database = openDatabase(work.database, work.key, { readonly: true });
  try {
    guarded(work.to, () => database.prepare('VACUUM INTO ?').run(work.to));
    return { kind: 'copied' };
  } finally {
    database.close();
  }
}

const port = parentPort;
if (port)
  done(workerData as CopyWork).then(
    (report) => port.postMessage(report),
    (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      port.postMessage({ kind: 'problem', code: error.code, message: error.message } satisfies CopyReport);
    },
  );
