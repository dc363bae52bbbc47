import type { Configuration } from 'electron-builder';

/**
 * The fuses of the packaged program (checklist 19): what is turned off can not be turned on again by an environment variable, an
 * argument or a file beside it. electron-builder flips them before it signs; `npm run desktop-test` reads them back.
 */
export const FUSES = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
} as const satisfies Configuration['electronFuses'];
