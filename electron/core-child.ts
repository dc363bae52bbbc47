import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KeyPlace } from '#core/api/contracts/desktop.ts';
import type { KeyQuestion, ToCore, ToShell } from '#core/api/shell-contract.ts';
import type { Address } from './forward.ts';
import type { KeyHolder } from './key-store.ts';
import { type LendPage, relayPages } from './relay.ts';

export interface ChildOptions {
  /** The stock Node that we ship. */
  readonly runtime: string;
  /** core's entry: dist/core/main.js. */
  readonly entry: string;
  /** More options of `fieldwriter serve`. */
  readonly arguments?: readonly string[];
  /** Lends a page to print with; without it core starts a browser of the machine. */
  readonly lend?: LendPage;
  /** Lends the key store of the system; without it the key comes from the environment or a file. */
  readonly keys?: KeyHolder;
}
/** Core ended although nobody closed it. */
export interface CoreEnd {
  /** Whether it had answered `ready`; otherwise it could not open. */
  readonly wasReady: boolean;
  readonly reason: string;
  /** Whether it said itself why it could not open: the next start would say the same. */
  readonly explained: boolean;
}
/** How core is met: where it listens, or that it waits for a recovery key. */
export type Met = { readonly address: Address; readonly key: KeyPlace } | { readonly locked: string };

/** One life of core: a process on stock Node, reached over a socket of its own with a secret of its own. */
export interface CoreChild {
  readonly pid: number | undefined;
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
  /** Rejects when it ended before it could be met. */
  meet(): Promise<Met>;
  /** @returns what is wrong with the recovery key; undefined when core opened with it */
  recover(text: string): Promise<string | undefined>;
  recoveryKey(): Promise<string>;
  /** Lets core end what it does and close its store. */
  close(): Promise<void>;
}
interface Heard {
  onMet(met: Met): void;
  onEnd(end: CoreEnd): void;
}

export function startChild(options: ChildOptions, heard: Heard): CoreChild {
  const socket = privateSocket();
  const secret = randomBytes(32).toString('base64url');
  const address = { socket: socket.path, secret };
  const child = spawn(options.runtime, [options.entry, 'serve', '--shell', ...(options.arguments ?? [])], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: environment(),
  });
  const say = (message: ToCore): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  const relay = options.lend && relayPages(options.lend, say);
  let meeting = Promise.withResolvers<Met>();
  meeting.promise.catch(() => undefined); // told by whoever asks, if anybody does
  const over = Promise.withResolvers<void>();
  let calls = 0;
  /** Who waits for a recovery key to be taken or told; `undefined` is the answer to a key that fits. */
  const waiting = new Map<number, (text: string | undefined) => void>();
  let life: { wasReady: boolean; reason?: string; over?: boolean } = { wasReady: false };

  const meet = (met: Met): void => {
    meeting.resolve(met);
    meeting = Promise.withResolvers();
    meeting.resolve(met);
    heard.onMet(met);
  };
  const end = (detail: string): void => {
    if (life.over) return;
    const { wasReady, reason } = life;
    life = { ...life, over: true };
    relay?.closeAll();
    socket.remove();
    meeting.reject(new Error(reason ?? detail));
    for (const tell of waiting.values()) tell(reason ?? detail);
    waiting.clear();
    heard.onEnd({ wasReady, reason: reason ?? detail, explained: reason !== undefined });
    over.resolve();
  };
  child.once('error', (error) => end(`core could not be started: ${error.message}`));
  child.once('exit', (code, signal) => {
    const detail = `core ended (${signal ?? `exit code ${code}`})`;
    // What it said last may still be on its way.
    if (child.connected) child.once('disconnect', () => end(detail));
    else end(detail);
  });
  const take = (said: ToShell): void => {
    switch (said.type) {
      case 'page':
        relay?.take(said);
        break;
      case 'key':
        void answerKey(options.keys, said).then(say);
        break;
      case 'failed':
        life = { ...life, reason: said.message };
        break;
      case 'locked':
        meet({ locked: said.reason });
        break;
      case 'not-recovered':
        settle(said.call, said.message);
        break;
      case 'recovery-key':
        settle(said.call, said.text);
        break;
      case 'ready':
        life = { ...life, wasReady: true };
        meet({ address, key: said.key });
        for (const call of [...waiting.keys()]) settle(call, undefined);
    }
  };
  const settle = (call: number, text: string | undefined): void => {
    waiting.get(call)?.(text);
    waiting.delete(call);
  };
  const ask = (message: { type: 'recover'; text: string } | { type: 'recovery-key' }): Promise<string | undefined> =>
    new Promise((resolve) => {
      calls += 1;
      waiting.set(calls, resolve);
      say({ ...message, call: calls });
    });
  child.on('message', (message) => take(message as ToShell));
  say({ type: 'open', ...address, pages: relay !== undefined, keys: options.keys !== undefined });

  return {
    pid: child.pid,
    ended: over.promise,
    meet: () => meeting.promise,
    recover: (text) => ask({ type: 'recover', text }),
    async recoveryKey() {
      const text = life.wasReady && !life.over ? await ask({ type: 'recovery-key' }) : undefined;
      if (text === undefined || life.over) throw new Error('The data is not open.');
      return text;
    },
    async close() {
      if (life.over) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      say({ type: 'close' });
      await ended;
    },
  };
}

async function answerKey(keys: KeyHolder | undefined, question: KeyQuestion): Promise<ToCore> {
  const { call } = question;
  try {
    if (!keys) throw new Error('there is no key store');
    const result = await keys(question);
    return { type: 'key-answer', call, ...(result === undefined ? {} : { result }) };
  } catch (error) {
    return { type: 'key-answer', call, error: error instanceof Error ? error.message : String(error) };
  }
}

/** A socket in a folder that only we can enter, or a named pipe on Windows: another one for each start, for a killed core leaves its behind. */
function privateSocket(): { readonly path: string; readonly remove: () => void } {
  if (process.platform === 'win32')
    return { path: `\\\\.\\pipe\\fieldwriter-${randomUUID()}`, remove: () => undefined };
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-'));
  return { path: path.join(folder, 'core'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Ours, without what would give Node other code to run or open a debugger in the process that holds the store. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_|ELECTRON_)/i.test(name)));
}
