import { Problem } from '#core/model/problem.ts';
import type { Printer, PrintJob } from './contract.ts';
import { arrangeFrame, besideFrame, frameHtml } from './frame.ts';
import { pageGeometry } from './layout.ts';
import { finish, layOver, readPdf } from './pdf.ts';
import { openPress, type Press } from './press.ts';
import { openSheet, type Sheet } from './sheet.ts';

export interface PrinterOptions {
  /** Longest time of one print, milliseconds. */
  readonly timeout?: number;
  /** How to start a Chromium; by default one of this machine. */
  readonly open?: () => Promise<Press>;
}
export interface WarmPrinter extends Printer {
  /** Starts the browser ahead of the first print (about half a second); worth doing when idle. Never fails. */
  warmUp(): Promise<void>;
}

const TIMEOUT = 30_000;
const MOST_PAGES = 2_000;

/** A Chromium with its two warm sheets: one for the bodies, one for headers and footers. */
interface Ready {
  readonly press: Press;
  readonly body: Sheet;
  readonly frame: Sheet;
}

/**
 * Opens a printer over a Chromium, started at the first print and kept warm; prints go one after the other. A browser
 * that dies is started again once; one that takes too long is ended.
 */
export function openPrinter(options: PrinterOptions = {}): WarmPrinter {
  const timeout = options.timeout ?? TIMEOUT;
  const open = options.open ?? openPress;
  let current: Promise<Ready> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  const ready = (): Promise<Ready> => {
    if (closed) throw new Problem('document-failed', 'The printer is closed.');
    current ??= makeReady(open).catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };
  const discard = async (): Promise<void> => {
    const old = await current?.catch(() => undefined);
    current = undefined;
    // Closing waits for a browser that may not answer any more: nobody waits for that.
    void old?.press.close().catch(() => undefined);
  };
  const attempt = async (job: PrintJob): Promise<Uint8Array> => {
    const used = await ready();
    return within(timeout, printOn(used, job));
  };
  const printNow = async (job: PrintJob): Promise<Uint8Array> => {
    try {
      return await attempt(job);
    } catch (error) {
      if (error instanceof Problem && !(error instanceof TooSlow)) throw error;
      await discard();
      if (error instanceof TooSlow) throw failed(job, error);
    }
    try {
      return await attempt(job);
    } catch (error) {
      await discard();
      throw failed(job, error);
    }
  };
  return {
    print: (job) => {
      const result = queue.then(() => printNow(job));
      queue = result.catch(() => undefined);
      return result;
    },
    warmUp: async () => {
      await queue;
      if (!closed) await ready().catch(() => undefined);
    },
    close: async () => {
      closed = true;
      await queue;
      const old = await current?.catch(() => undefined);
      await old?.press.close();
    },
  };
}

async function makeReady(open: () => Promise<Press>): Promise<Ready> {
  const press = await open();
  try {
    const sheet = async (): Promise<Sheet> => openSheet(await press.openPage());
    const [body, frame] = await Promise.all([sheet(), sheet()]);
    return { press, body, frame };
  } catch (error) {
    void press.close().catch(() => undefined);
    throw error;
  }
}

async function printOn({ body, frame }: Ready, job: PrintJob): Promise<Uint8Array> {
  const geometry = pageGeometry(job.layout, job.paper ?? 'A4');
  const identity = {
    title: job.title,
    clock: job.clock,
    content: [job.html, job.header ?? '', job.footer ?? '', JSON.stringify(job.layout)],
  };
  const bodyLoaded = body.load(job.html, job.assets);
  if (!job.header && !job.footer) {
    await bodyLoaded;
    const document = await readBody(await body.print(geometry), job);
    return (await finish(document, identity)).bytes;
  }
  const [heights] = await Promise.all([
    frame.load(frameHtml(job.header, job.footer), job.assets).then(() => frame.arrange(arrangeFrame(geometry, 1))),
    bodyLoaded,
  ]);
  const document = await readBody(await body.print(besideFrame(geometry, heights as [number, number])), job);
  const pages = document.getPageCount();
  if (pages > 1) await frame.arrange(arrangeFrame(geometry, pages));
  const noMargin = { ...geometry, margin: { top: 0, right: 0, bottom: 0, left: 0 } };
  await layOver(document, await frame.print(noMargin));
  return (await finish(document, identity)).bytes;
}

async function readBody(bytes: Uint8Array, { title }: PrintJob) {
  const document = await readPdf(bytes);
  const pages = document.getPageCount();
  if (pages <= MOST_PAGES) return document;
  throw new Problem('document-failed', `"${title}" has ${pages} pages; at most ${MOST_PAGES} are printed`);
}

class TooSlow extends Problem {}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const seconds = milliseconds / 1000;
    timer = setTimeout(
      () => reject(new TooSlow('document-failed', `printing took longer than ${seconds} s`)),
      milliseconds,
    );
  });
  work.catch(() => undefined); // it may still fail after we stopped listening
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function failed(job: PrintJob, error: unknown): Problem {
  if (error instanceof Problem && !(error instanceof TooSlow)) return error;
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return new Problem('document-failed', `"${job.title}" could not be printed: ${reason}`, { cause: error });
}
