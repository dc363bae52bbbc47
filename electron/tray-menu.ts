import type { CoreState } from '#core/api/contracts/desktop.ts';

export interface TrayMenu {
  readonly tooltip: string;
  readonly items: readonly (
    | { readonly state: string }
    | { readonly line: true }
    | { readonly does: 'open' | 'quit'; readonly label: string }
  )[];
}

/** What the tray shows: where the data is and whether it can be worked with. Until there is a cloud, that is this laptop only. */
export function trayMenuOf({ state }: CoreState): TrayMenu {
  const said = STATES[state];
  return {
    tooltip: `Fieldwriter: ${said.toLowerCase()}`,
    items: [
      { state: said },
      { line: true },
      { does: 'open', label: 'Open Fieldwriter' },
      { does: 'quit', label: 'Quit' },
    ],
  };
}

const STATES: Readonly<Record<CoreState['state'], string>> = {
  starting: 'Opening the data',
  ready: 'This laptop only',
  restarting: 'Starting again',
  stopped: 'Stopped',
  locked: 'Needs the recovery key',
};
