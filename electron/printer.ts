import { BrowserWindow, session as sessions } from 'electron';
import type { PrintJob } from '#core/documents/contract.ts';
import { PRINT_POWERS } from './decisions.ts';

/** Prints a job with Electron's own Chromium, in a session of its own that can reach nothing but the job itself. */
export async function printWithElectron(job: PrintJob): Promise<Uint8Array> {
  const session = sessions.fromPartition('print');
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !details.url.startsWith('data:') }));
  const window = new BrowserWindow({ show: false, webPreferences: { ...PRINT_POWERS, session } });
  try {
    await window.loadURL(`data:text/html;charset=utf-8,${encodeURIComponent(job.html)}`);
    return await window.webContents.printToPDF({
      printBackground: true,
      landscape: job.layout.orientation === 'Landscape',
      displayHeaderFooter: job.header !== undefined || job.footer !== undefined,
      headerTemplate: job.header ?? '<span></span>',
      footerTemplate: job.footer ?? '<span></span>',
      preferCSSPageSize: true,
    });
  } finally {
    window.destroy();
  }
}
