import path from 'node:path';
import { app, dialog } from 'electron';
import { refusalOf, SWITCHES } from './decisions.ts';
import { runDesktop } from './desktop.ts';
import { openLog } from './log.ts';
import type { Start } from './opening.ts';
import { registerScheme } from './protocol.ts';
import { lockDown } from './windows.ts';

registerScheme();
app.setName('Fieldwriter');
// Not where the data lies: on macOS the default would be the same folder, and wrapped keys stay apart from what they open.
if (!app.commandLine.hasSwitch('user-data-dir'))
  app.setPath('userData', path.join(app.getPath('appData'), 'Fieldwriter Desktop'));
app.enableSandbox();
for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value);
lockDown();

const start: Start = { arguments: process.argv.slice(app.isPackaged ? 1 : 2), folder: process.cwd() };
const refusal = refusalOf((name) => app.commandLine.hasSwitch(name), app.isPackaged);
// The second start hands what it was to open to the first one, and ends.
if (refusal !== undefined) {
  dialog.showErrorBox('Fieldwriter can not start', refusal);
  app.exit(1);
} else if (app.requestSingleInstanceLock(start))
  runDesktop(start, openLog(path.join(app.getPath('logs'), 'shell.log')));
else app.quit();
