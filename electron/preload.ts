import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { bridgeOver, type Drag, takeDrops } from './page-bridge.ts';

// The page gets one frozen object of plain functions and no Electron API (checklist 20).
contextBridge.exposeInMainWorld('fieldwriter', bridgeOver(ipcRenderer, process.platform));

/** The page's events, which the types of Node do not know. */
const page = globalThis as unknown as { addEventListener(event: string, listener: (drag: Drag) => void): void };
takeDrops(
  (event, listener) => page.addEventListener(event, listener),
  (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
  ipcRenderer,
);
