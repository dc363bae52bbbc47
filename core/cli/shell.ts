import { openWorkbench } from '#core/api/open-workbench.ts';
import { serveWorkbench } from '#core/api/serve.ts';
import type { OpenWorkbench, ToCore, ToShell } from '#core/api/shell-contract.ts';
import { openPrinter } from '#core/documents/printer.ts';
import { chooseUser } from '#core/policy/users.ts';
import { loadKey } from '#core/store/key.ts';
import { dataFolder } from './folders.ts';
import { openLog } from './log.ts';
import { deployFrom, environmentOf, type ServeOptions } from './serve.ts';
import { type ShellPress, shellPress } from './shell-press.ts';

/** How long closing in order may take before core ends all the same, milliseconds. */
const PATIENCE = 10_000;

type Close = () => Promise<void>;

/**
 * `fieldwriter serve --shell`: core as the desktop's child. It listens where the shell says, prints with the shell's Chromium, and
 * closes in order when it is told to or when the channel ends: the shell died, and there is nobody left to work for.
 */
export async function serveShell(options: ServeOptions): Promise<number> {
  if (!process.send) {
    process.stderr.write(
      '`serve --shell` is started by the desktop: use `fieldwriter serve` or `fieldwriter start`.\n',
    );
    return 2;
  }
  const say = (message: ToShell): void => {
    // The channel may end between two messages; `disconnect` tells.
    if (process.connected) process.send?.(message, () => undefined);
  };
  const press = shellPress(say);
  let opened: Promise<Close | undefined> | undefined;
  await new Promise<void>((stop) => {
    process.on('message', (message) => {
      const said = message as ToCore;
      if (said.type === 'close') stop();
      else if (said.type !== 'open') press.take(said);
      else {
        opened ??= open(said, options, press, say);
        // Where nothing could be opened there is nothing to stay for.
        void opened.then((close) => close ?? stop());
      }
    });
    process.once('disconnect', () => {
      press.lose();
      stop();
    });
    process.once('SIGTERM', stop);
    // Ctrl-C in a terminal reaches the shell too, which then says `close`.
    process.on('SIGINT', () => undefined);
  });
  setTimeout(() => process.exit(1), PATIENCE).unref();
  const close = await opened;
  await close?.();
  if (process.connected) process.disconnect();
  return close ? 0 : 1;
}

/** @returns how to close what was opened; undefined when it could not be: the shell has been told why. */
async function open(
  { socket, secret, pages }: OpenWorkbench,
  options: ServeOptions,
  press: ShellPress,
  say: (message: ToShell) => void,
): Promise<Close | undefined> {
  const closers: Close[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
  };
  try {
    const folder = dataFolder(options.data);
    const workbench = await openWorkbench({
      folder,
      key: loadKey(process.env, folder),
      token: secret,
      names: { hosts: ['fieldwriter'], origins: ['app://fieldwriter'] },
      environment: environmentOf(process.env.FIELDWRITER_ENVIRONMENT),
      log: await openLog(),
      ...(pages ? { printer: openPrinter({ open: press.open }) } : {}),
    });
    closers.push(() => workbench.close());
    if (options.user !== undefined) chooseUser(workbench.desk, options.user);
    if (options.configuration !== undefined) await deployFrom(workbench, options.configuration);
    const served = await serveWorkbench(workbench, { socket });
    closers.push(() => served.close());
    say({ type: 'ready' });
    return closeAll;
  } catch (error) {
    say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    await closeAll();
    return undefined;
  }
}
