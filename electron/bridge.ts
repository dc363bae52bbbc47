import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CoreState, OpenedFile, SavedFile } from '#core/api/contracts/desktop.ts';
import { ASKS, type Ask, TELLS } from './channels.ts';
import { mayAskShell } from './decisions.ts';

/** What we use of Electron's main end of the line to pages, and of its events. */
export interface Ears {
  handle(channel: string, listener: (event: Asking, ...given: unknown[]) => Promise<unknown>): void;
}
export interface Asking {
  readonly sender: Told;
  readonly senderFrame: { readonly origin: string; readonly parent: unknown } | null;
}
/** A page that is told something. */
export interface Told {
  send(channel: string, told: unknown): void;
}
export interface BridgeOptions {
  /** Whether a page is one of the workbench's windows. */
  readonly isWorkbench: (page: Told) => boolean;
  readonly chooseFolder: (page: Told) => Promise<string | undefined>;
  readonly chooseDataFolder: (page: Told) => Promise<string | undefined>;
  readonly chooseProductFile: (page: Told) => Promise<string | undefined>;
  /** @returns where to save */
  readonly chooseTarget: (page: Told, name: string) => Promise<string | undefined>;
  readonly printRecoveryKey: () => Promise<boolean>;
  readonly coreState: () => CoreState;
  readonly restartCore: () => void;
  /** Opens what was dropped. */
  readonly drop: (page: Told, paths: readonly string[]) => void;
}
export interface Bridge {
  /** Opens a file in a page, as soon as somebody there listens. */
  openFile(page: Told, file: OpenedFile): void;
  /** The page begins anew: nobody listens there any more. */
  forget(page: Told): void;
}

/** Answers what pages ask through the preload script. Every question is checked: who asks, and with what. */
export function serveBridge(ears: Ears, options: BridgeOptions): Bridge {
  const listening = new WeakSet<Told>();
  const waiting = new WeakMap<Told, OpenedFile[]>();
  const answer = (ask: Ask, work: (page: Told, given: unknown) => unknown): void =>
    ears.handle(ASKS[ask], async (event, given) => {
      const asker = { origin: event.senderFrame?.origin, top: event.senderFrame?.parent === null };
      if (!mayAskShell(asker) || !options.isWorkbench(event.sender)) throw new Error('Refused');
      return work(event.sender, given);
    });
  answer('chooseFolder', (page) => options.chooseFolder(page));
  answer('chooseDataFolder', (page) => options.chooseDataFolder(page));
  answer('chooseProductFile', (page) => options.chooseProductFile(page));
  answer('saveFile', async (page, given) => {
    const { name, bytes } = savedFile(given);
    const target = await options.chooseTarget(page, name);
    if (target !== undefined) await writeFile(target, bytes);
    return target;
  });
  answer('printRecoveryKey', () => options.printRecoveryKey());
  answer('coreState', () => options.coreState());
  answer('restartCore', () => options.restartCore());
  answer('listening', (page) => {
    for (const file of waiting.get(page) ?? []) page.send(TELLS.openFile, file);
    waiting.delete(page);
    listening.add(page);
  });
  answer('dropped', (page, given) => {
    if (Array.isArray(given)) options.drop(page, given.filter(isPath));
  });
  return {
    openFile(page, file) {
      if (listening.has(page)) page.send(TELLS.openFile, file);
      else waiting.set(page, [...(waiting.get(page) ?? []), file]);
    },
    forget: (page) => void listening.delete(page),
  };
}

function isPath(given: unknown): given is string {
  return typeof given === 'string' && path.isAbsolute(given);
}

/** A name is a suggestion for a dialog: what could lead out of the folder that is shown there is taken away. */
function savedFile(given: unknown): SavedFile {
  const { name, bytes } = (given ?? {}) as Partial<Record<keyof SavedFile, unknown>>;
  if (typeof name !== 'string' || !(bytes instanceof Uint8Array)) throw new Error('saveFile takes a name and bytes');
  const plain = name
    .replaceAll(/[\p{Cc}\\/:*?"<>|]/gu, ' ')
    .replace(/^[. ]+/, '')
    .slice(0, 150);
  return { name: plain === '' ? 'document' : plain, bytes };
}
