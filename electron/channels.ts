/** The channels between the shell and the preload script: what the page may ask, and what it is told. */
export const ASKS = {
  chooseFolder: 'fieldwriter:choose-folder',
  chooseDataFolder: 'fieldwriter:choose-data-folder',
  chooseProductFile: 'fieldwriter:choose-product-file',
  saveFile: 'fieldwriter:save-file',
  printRecoveryKey: 'fieldwriter:print-recovery-key',
  coreState: 'fieldwriter:core-state',
  restartCore: 'fieldwriter:restart-core',
  /** The preload script says that somebody listens for files. */
  listening: 'fieldwriter:listening',
  /** The preload script names files that were dropped on the page and that no screen took. */
  dropped: 'fieldwriter:dropped',
} as const;
export const TELLS = {
  coreState: 'fieldwriter:core-state-changed',
  command: 'fieldwriter:command',
  openFile: 'fieldwriter:open-file',
} as const;

export type Ask = keyof typeof ASKS;
export type Tell = keyof typeof TELLS;
