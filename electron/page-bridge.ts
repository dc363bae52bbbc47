import type { DesktopBridge } from '#core/api/contracts/desktop.ts';
import { ASKS, TELLS, type Tell } from './channels.ts';

/** What the preload script uses of Electron's line to the shell. */
export interface Line {
  invoke(channel: string, ...given: unknown[]): Promise<unknown>;
  on(channel: string, listener: (event: unknown, ...given: unknown[]) => void): unknown;
  off(channel: string, listener: (event: unknown, ...given: unknown[]) => void): unknown;
}

/** The one frozen object of plain functions that the page gets. No channel, event or other part of Electron passes through it. */
export function bridgeOver(line: Line, platform: string): DesktopBridge {
  const ask = <T>(channel: string, ...given: unknown[]): Promise<T> => line.invoke(channel, ...given) as Promise<T>;
  const listen = <T>(tell: Tell, listener: (told: T) => void): (() => void) => {
    const heard = (_event: unknown, told: unknown): void => listener(told as T);
    line.on(TELLS[tell], heard);
    return () => void line.off(TELLS[tell], heard);
  };
  return Object.freeze<DesktopBridge>({
    shell: 'desktop',
    platform,
    chooseFolder: () => ask(ASKS.chooseFolder),
    chooseDataFolder: () => ask(ASKS.chooseDataFolder),
    chooseProductFile: () => ask(ASKS.chooseProductFile),
    saveFile: ({ name, bytes }) => ask(ASKS.saveFile, { name, bytes }),
    printRecoveryKey: () => ask(ASKS.printRecoveryKey),
    coreState: () => ask(ASKS.coreState),
    restartCore: () => ask(ASKS.restartCore),
    onCoreState: (listener) => listen('coreState', listener),
    onCommand: (listener) => listen('command', listener),
    onOpenFile(listener) {
      const stop = listen('openFile', listener);
      // What was opened before anybody listened waits in the shell.
      void ask(ASKS.listening);
      return stop;
    },
  });
}

/** What we use of a drag event of the page. */
export interface Drag {
  readonly defaultPrevented: boolean;
  readonly dataTransfer: { readonly types: readonly string[]; readonly files: Iterable<unknown> } | null;
  preventDefault(): void;
}

/** Takes files that are dropped on the page where no screen takes them; without it Chromium would refuse the drop. */
export function takeDrops(
  on: (event: 'dragover' | 'drop', listener: (drag: Drag) => void) => void,
  pathOf: (file: unknown) => string,
  line: Line,
): void {
  const ours = ({ defaultPrevented, dataTransfer }: Drag): boolean =>
    !defaultPrevented && dataTransfer?.types.includes('Files') === true;
  on('dragover', (drag) => {
    if (ours(drag)) drag.preventDefault();
  });
  on('drop', (drag) => {
    if (!ours(drag)) return;
    drag.preventDefault();
    const paths = [...(drag.dataTransfer?.files ?? [])].map(pathOf).filter((path) => path !== '');
    void line.invoke(ASKS.dropped, paths);
  });
}
