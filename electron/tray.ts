import { Menu, Tray } from 'electron';
import type { CoreState } from '#core/api/contracts/desktop.ts';
import type { Log } from './log.ts';
import { trayMenuOf } from './tray-menu.ts';

/** Shows the state in the tray. @returns how to tell it a new one; where a desktop has no tray nothing happens */
export function showTray(icon: string, log: Log, act: (does: 'open' | 'quit') => void): (state: CoreState) => void {
  const tray = trayIfAny(icon, log);
  tray?.on('click', () => act('open'));
  return (state) => {
    if (!tray || tray.isDestroyed()) return;
    const { tooltip, items } = trayMenuOf(state);
    tray.setToolTip(tooltip);
    tray.setContextMenu(
      Menu.buildFromTemplate(
        items.map((item) => {
          if ('line' in item) return { type: 'separator' };
          if ('state' in item) return { label: item.state, enabled: false };
          return { label: item.label, click: () => act(item.does) };
        }),
      ),
    );
  };
}

function trayIfAny(icon: string, log: Log): Tray | undefined {
  try {
    return new Tray(icon);
  } catch (error) {
    log('There is no tray', { error: String(error) });
    return undefined;
  }
}
