import { parentPort } from 'node:worker_threads';
import { pulled, snapshotPage } from './messages.ts';
import type { PageDone, PageWork } from './page-reader.ts';

// A thread that reads pages, for `page-reader.ts`, which started it.

const port = parentPort;
port?.on('message', ({ number, kind, bytes }: PageWork) => {
  let page: PageDone['page'];
  try {
    page = kind === 'items' ? pulled(bytes) : snapshotPage(bytes);
  } catch {
    // Whoever asked reads it again, and says what is wrong.
  }
  // The bodies go along as they are: views of the bytes that came.
  port.postMessage({ number, page } satisfies PageDone, page ? [bytes.buffer as ArrayBuffer] : []);
});
port?.postMessage({ number: 0, page: undefined } satisfies PageDone);
