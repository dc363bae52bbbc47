import path from 'node:path';
import { app } from 'electron';
import { SWITCHES } from './decisions.ts';
import { runDesktop } from './desktop.ts';
import { openLog } from './log.ts';
import type { Start } from './opening.ts';
import { registerScheme } from './protocol.ts';
import { lockDown } from './windows.ts';

registerScheme();
app.setName('Fieldwriter');
// Not where the data lies: on macOS the default would be the same folder, and wrapped keys stay apart from what they open.
app.setPath('userData', path.join(app.getPath('appData'), 'Fieldwriter Desktop'));
app.enableSandbox();
for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value);
lockDown();

const start: Start = { arguments: process.argv.slice(app.isPackaged ? 1 : 2), folder: process.cwd() };
// The second start hands what it was to open to the first one, and ends.
if (app.requestSingleInstanceLock(start)) runDesktop(start, openLog(path.join(app.getPath('logs'), 'shell.log')));
else app.quit();
