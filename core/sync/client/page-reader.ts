import { Worker } from 'node:worker_threads';
import type { SnapshotPage } from '#core/store/replica/replication-contract.ts';
import { type Pulled, pulled, snapshotPage } from './messages.ts';

/** What is to be read: an answer to a pull, or a page of heads. */
export interface PageWork {
  readonly number: number;
  readonly kind: 'items' | 'heads';
  readonly bytes: Uint8Array;
}
/** @property number 0: the thread is up @property page undefined: it could not be read there */
export interface PageDone {
  readonly number: number;
  readonly page: Pulled | SnapshotPage | undefined;
}
/**
 * Reads what the cloud answers (messages.ts): large pages in a thread of its own, which unpacks and opens the next one while this one
 * is applied. Throws for what is no answer: nothing of it is to be used.
 */
export interface PageReader {
  items(bytes: Uint8Array): Promise<Pulled>;
  heads(bytes: Uint8Array): Promise<SnapshotPage>;
  /** Ends the thread; the next large page begins another. */
  rest(): void;
}

/** Bytes of a page from which a thread pays. */
const LARGE = 256 * 1024;

/** @param patient for tests: waits for the thread; otherwise pages are read here until it is up, which takes half a second */
export function openPageReader(large: number = LARGE, patient = false): PageReader {
  let thread: Worker | undefined;
  let up = false;
  let number = 0;
  const waiting = new Map<number, (page: PageDone['page']) => void>();

  function rest(): void {
    void thread?.terminate();
    thread = undefined;
    up = false;
    for (const resolve of waiting.values()) resolve(undefined);
    waiting.clear();
  }

  function started(): Worker {
    const here = import.meta.url;
    const made = new Worker(new URL(here.endsWith('.ts') ? './page-worker.ts' : './pages.js', here));
    made.on('message', ({ number: of, page }: PageDone) => {
      up ||= thread === made;
      waiting.get(of)?.(page);
      waiting.delete(of);
      // Nobody waits for the end of a thread that has nothing to do.
      if (waiting.size === 0) made.unref();
    });
    // What it can not do is done here.
    const ended = (): void => {
      if (thread === made) rest();
    };
    made.on('error', ended);
    made.on('exit', ended);
    return made;
  }

  function inThread(kind: PageWork['kind'], bytes: Uint8Array): Promise<PageDone['page']> {
    if (bytes.length < large) return Promise.resolve(undefined);
    thread ??= started();
    if (!up && !patient) return Promise.resolve(undefined);
    number += 1;
    const work: PageWork = { number, kind, bytes };
    const done = new Promise<PageDone['page']>((resolve) => waiting.set(work.number, resolve));
    thread.ref();
    thread.postMessage(work);
    return done;
  }

  return {
    items: async (bytes) => ((await inThread('items', bytes)) as Pulled | undefined) ?? pulled(bytes),
    heads: async (bytes) => ((await inThread('heads', bytes)) as SnapshotPage | undefined) ?? snapshotPage(bytes),
    rest,
  };
}
