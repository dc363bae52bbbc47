import path from 'node:path';
import type { Configuration } from 'electron-builder';
import { FUSES } from './fuses.ts';
import type { Layout } from './layout.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Never changed: it is how Windows Installer knows that a new version replaces an old one. */
export const UPGRADE_CODE = '7E5B3C0A-52B1-4C0D-9A43-0F1B6C1D2E77';

/** Own file endings: `.zip` stays what it is on the machine, though any ZIP can be opened (decision 0013). */
const FILES = [
  {
    ext: 'fieldwriter',
    name: 'Fieldwriter product',
    mimeType: 'application/vnd.fieldwriter.product+zip',
    role: 'Viewer',
    rank: 'Owner',
  },
  {
    ext: 'fwreceipt',
    name: 'Fieldwriter receipt',
    mimeType: 'application/vnd.fieldwriter.receipt',
    role: 'Viewer',
    rank: 'Owner',
  },
];

/**
 * electron-builder's configuration. The archive holds the shell only; core lies beside it, for stock Node reads no archive, and is
 * checked by the shell (electron/core-files.ts).
 * @param electronDist the folder of Electron's binary @param output where installers are written
 */
export function installers(layout: Pick<Layout, 'app' | 'core'>, electronDist: string, output: string): Configuration {
  return {
    appId: 'com.fieldwriter.desktop',
    productName: 'Fieldwriter',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in
    artifactName: 'Fieldwriter-${version}-${os}-${arch}.${ext}',
    directories: { app: layout.app, output, buildResources: path.join(root, 'build') },
    electronDist,
    electronFuses: { ...FUSES },
    asar: true,
    npmRebuild: false,
    files: ['**/*'],
    // A `node_modules` at the top of what is copied is left out without a word: it is named by itself.
    extraResources: [
      { from: layout.core, to: 'fieldwriter', filter: ['**/*'] },
      { from: path.join(layout.core, 'node_modules'), to: 'fieldwriter/node_modules', filter: ['**/*'] },
    ],
    fileAssociations: FILES,
    protocols: [{ name: 'Fieldwriter', schemes: ['fieldwriter'] }],
    icon: path.join(root, 'build/icons/icon.png'),
    // Updates come with an issue of their own; until then nothing asks a server.
    publish: null,
    win: {
      target: [
        { target: 'nsis', arch: ['x64'] },
        { target: 'msi', arch: ['x64'] },
      ],
      requestedExecutionLevel: 'asInvoker',
    },
    nsis: {
      oneClick: false,
      perMachine: false,
      selectPerMachineByDefault: false,
      allowElevation: true,
      allowToChangeInstallationDirectory: true,
      deleteAppDataOnUninstall: false,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in
      artifactName: 'Fieldwriter-${version}-setup.${ext}',
    },
    msi: { oneClick: true, perMachine: true, upgradeCode: UPGRADE_CODE, runAfterFinish: false },
    mac: {
      target: [
        { target: 'dmg', arch: ['arm64'] },
        { target: 'zip', arch: ['arm64'] },
      ],
      category: 'public.app-category.business',
      hardenedRuntime: true,
      gatekeeperAssess: false,
      entitlements: path.join(root, 'build/mac/entitlements.plist'),
      entitlementsInherit: path.join(root, 'build/mac/entitlements.plist'),
      darkModeSupport: true,
      minimumSystemVersion: '13.0',
    },
    linux: {
      target: ['AppImage', 'deb', 'rpm'],
      category: 'Office',
      maintainer: 'Fieldwriter maintainers',
      synopsis: 'Offline-first workbench for insurance underwriting',
      executableName: 'fieldwriter',
    },
    deb: {
      depends: [
        'libgtk-3-0',
        'libnotify4',
        'libnss3',
        'libxss1',
        'libxtst6',
        'xdg-utils',
        'libatspi2.0-0',
        'libuuid1',
        'libsecret-1-0',
      ],
    },
  };
}
