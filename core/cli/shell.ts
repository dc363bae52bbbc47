import { openWorkbench } from '#core/api/open-workbench.ts';
import { serveWorkbench } from '#core/api/serve.ts';
import type { OpenWorkbench, ToCore, ToShell } from '#core/api/shell-contract.ts';
import { openPrinter } from '#core/documents/printer.ts';
import { Problem } from '#core/model/problem.ts';
import { chooseUser } from '#core/policy/users.ts';
import { desktopKey, type Unlocked } from '#core/store/desktop-key.ts';
import { loadKey } from '#core/store/key.ts';
import { recoveryKeyOf } from '#core/store/recovery-key.ts';
import { throwKeyAway } from '#core/store/wipe.ts';
import { dataFolder } from './folders.ts';
import { openLog } from './log.ts';
import { deployFrom, environmentAt, type ServeOptions } from './serve.ts';
import { type ShellKeys, shellKeys } from './shell-keys.ts';
import { type ShellPress, shellPress } from './shell-press.ts';
import { type RecoveryGate, recoveryGate } from './shell-recovery.ts';

/** How long closing in order may take before core ends all the same, milliseconds. */
const PATIENCE = 10_000;

type Close = () => Promise<void>;
type Say = (message: ToShell) => void;

/** What the shell lends, and how to speak with it. */
interface ShellDesk {
  readonly say: Say;
  readonly press: ShellPress;
  readonly keys: ShellKeys;
  readonly gate: RecoveryGate;
}
interface Opened {
  readonly key: Uint8Array;
  readonly close: Close;
}

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
  const desk: ShellDesk = { say, press: shellPress(say), keys: shellKeys(say), gate: recoveryGate(say) };
  let opened: Promise<Opened | undefined> | undefined;
  await new Promise<void>((stop) => {
    process.on('message', (message) => {
      const said = message as ToCore;
      if (said.type === 'close') stop();
      else if (said.type === 'key-answer') desk.keys.take(said);
      else if (said.type === 'recover') desk.gate.take(said);
      else if (said.type === 'recovery-key')
        void opened?.then((now) => now && say({ ...said, text: recoveryKeyOf(now.key) }));
      else if (said.type !== 'open') desk.press.take(said);
      else {
        opened ??= open(said, options, desk);
        // Where nothing could be opened there is nothing to stay for.
        void opened.then((now) => now ?? stop());
      }
    });
    process.once('disconnect', () => {
      desk.press.lose();
      stop();
    });
    process.once('SIGTERM', stop);
    // Ctrl-C in a terminal reaches the shell too, which then says `close`.
    process.on('SIGINT', () => undefined);
  });
  // Whoever still waits for a key or a recovery key waits for nothing.
  desk.keys.lose();
  desk.gate.shut();
  setTimeout(() => process.exit(1), PATIENCE).unref();
  const last = await opened;
  await last?.close();
  if (process.connected) process.disconnect();
  return last ? 0 : 1;
}

/** @returns undefined when it could not be opened: the shell has been told why. */
async function open(asked: OpenWorkbench, options: ServeOptions, desk: ShellDesk): Promise<Opened | undefined> {
  const closers: Close[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
  };
  try {
    const folder = dataFolder(options.data);
    const { key, place } = await unlock(folder, asked.keys ? desk : undefined);
    const workbench = await openWorkbench({
      folder,
      key,
      token: asked.secret,
      names: { hosts: ['fieldwriter'], origins: ['app://fieldwriter'] },
      takesFiles: true,
      environment: await environmentAt(folder),
      keyOf: (other) => keyOf(other, asked.keys ? desk : undefined),
      replication: {
        // Its key goes first; then what is open is closed.
        wipe: () =>
          throwKeyAway(process.env, folder, asked.keys ? desk.keys : undefined).finally(() =>
            process.kill(process.pid, 'SIGTERM'),
          ),
      },
      log: await openLog(),
      ...(asked.pages ? { printer: openPrinter({ open: desk.press.open }) } : {}),
    });
    closers.push(() => workbench.close());
    if (options.user !== undefined) chooseUser(workbench.desk, options.user);
    if (options.configuration !== undefined) await deployFrom(workbench, options.configuration);
    const served = await serveWorkbench(workbench, { socket: asked.socket });
    closers.push(() => served.close());
    desk.say({ type: 'ready', key: place });
    return { key, close: closeAll };
  } catch (error) {
    desk.say({ type: 'failed', message: sentence(error) });
    await closeAll();
    return undefined;
  }
}

/** The key, from the key store that the shell lends; waits for the recovery key where the key is lost. */
async function unlock(folder: string, desk: ShellDesk | undefined): Promise<Unlocked> {
  if (!desk) {
    const key = loadKey(process.env, folder);
    return { key, place: process.env.FIELDWRITER_KEY ? 'environment' : 'key-file' };
  }
  const result = await desktopKey({ env: process.env, folder, store: desk.keys });
  if (!('locked' in result)) return result;
  desk.say({ type: 'locked', reason: result.locked });
  return desk.gate.wait(result);
}

/** The key of another data folder, for a clone or a promotion; nobody is asked for a recovery key on the way. */
async function keyOf(folder: string, desk: ShellDesk | undefined): Promise<Uint8Array> {
  if (!desk) return loadKey(process.env, folder);
  const result = await desktopKey({ env: process.env, folder, store: desk.keys });
  if ('locked' in result) throw new Problem('wrong-key', result.locked, { place: { file: folder } });
  return result.key;
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
