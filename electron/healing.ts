import { type BrowserWindow, dialog } from 'electron';
import { BROKEN, cureOf } from './health.ts';
import type { Log } from './log.ts';

/** Draws a window again whose page is gone or hangs, and says so. */
export function heal(window: BrowserWindow, log: Log): void {
  const { webContents } = window;
  let breaks: readonly number[] = [];
  let asked = false;
  webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    const cure = cureOf(reason, breaks, Date.now());
    log('A page is gone', { reason, exitCode, does: cure.does });
    if (cure.does === 'nothing') return;
    if (cure.does === 'reload') {
      breaks = cure.breaks;
      webContents.reload();
    }
    void dialog.showMessageBox(window, cure.does === 'reload' ? BROKEN.reloaded : BROKEN.gaveUp);
  });
  window.on('unresponsive', async () => {
    if (asked) return;
    asked = true;
    log('A window does not answer');
    const { response } = await dialog.showMessageBox(window, BROKEN.hangs);
    asked = false;
    // Its end is heard above, and the page drawn again there.
    if (response === 0 && !window.isDestroyed()) webContents.forcefullyCrashRenderer();
  });
}
