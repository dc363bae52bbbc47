import { contextBridge } from 'electron';

// The page gets one frozen object and no Electron API (checklist 20): everything it does goes through requests.
contextBridge.exposeInMainWorld('fieldwriter', Object.freeze({ shell: 'desktop' }));
