import { openWorkbench, type Workbench } from '#core/api/open-workbench.ts';
import { type Served, serveWorkbench } from '#core/api/serve.ts';
import type { Printer, PrintJob } from '#core/documents/contract.ts';
import { Problem } from '#core/model/problem.ts';
import { loadKey } from '#core/store/key.ts';
import { openLog } from './log.ts';

/** What the desktop shell says over the child's own channel: nothing secret is ever on a command line. */
type FromShell =
  | { readonly type: 'open'; readonly socket: string; readonly secret: string; readonly dataFolder: string }
  | { readonly type: 'printed'; readonly id: number; readonly bytes?: Uint8Array; readonly error?: string }
  | { readonly type: 'close' };

/** `fieldwriter serve --shell`: core as the desktop's child, on a socket of its own, printing with the window's Chromium. */
export async function serveShell(): Promise<number> {
  const log = await openLog();
  const printer = shellPrinter();
  let running: { readonly workbench: Workbench; readonly served: Served } | undefined;
  const open = async (said: Extract<FromShell, { type: 'open' }>): Promise<void> => {
    try {
      const workbench = await openWorkbench({
        folder: said.dataFolder,
        key: loadKey(process.env, said.dataFolder),
        token: said.secret,
        names: { hosts: ['fieldwriter'], origins: ['app://fieldwriter'] },
        printer,
        log,
      });
      running = { workbench, served: await serveWorkbench(workbench, { socket: said.socket }) };
      process.send?.({ type: 'ready' });
    } catch (error) {
      process.send?.({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  await new Promise<void>((resolve) => {
    process.on('message', (message) => {
      const said = message as FromShell;
      if (said.type === 'open') void open(said);
      else if (said.type === 'printed') printer.answer(said);
      else resolve();
    });
    // The shell is gone: there is nobody left to work for.
    process.once('disconnect', resolve);
  });
  await running?.served.close();
  await running?.workbench.close();
  return 0;
}

function shellPrinter(): Printer & { answer(said: Extract<FromShell, { type: 'printed' }>): void } {
  const waiting = new Map<number, { resolve(bytes: Uint8Array): void; reject(error: Error): void }>();
  let last = 0;
  return {
    print: (job: PrintJob) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        process.send?.({ type: 'print', id: last, job });
      }),
    answer({ id, bytes, error }) {
      const waiter = waiting.get(id);
      waiting.delete(id);
      if (bytes) waiter?.resolve(bytes);
      else waiter?.reject(new Problem('document-failed', error ?? 'The window printed nothing.'));
    },
    close: async () => {},
  };
}
