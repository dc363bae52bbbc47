/**
 * electron-builder with our configuration, as far as it goes without Electron: its schema, and the real packing of a small layout
 * around a stand-in that has nothing of Electron but its wire of fuses.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { build, Platform } from 'electron-builder';
import { afterAll, describe, expect, it } from 'vitest';
import { FUSES } from './fuses.ts';
import { installers, UPGRADE_CODE } from './installers.ts';

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-installers-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const write = (file: string, text: string | Buffer): void => {
  mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
  writeFileSync(path.join(home, file), text);
};
const layout = { app: path.join(home, 'app'), core: path.join(home, 'core') };
const config = installers(layout, path.join(home, 'electron'), path.join(home, 'out'));

describe('the configuration', () => {
  it('is one that electron-builder takes', async () => {
    const require = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
    // A part of electron-builder, not a package of ours.
    const schema = 'app-builder-lib/out/util/config/config.js';
    const { validateConfiguration } = require(schema) as {
      validateConfiguration(config: unknown, log: { readonly isEnabled: boolean; add(): void }): Promise<void>;
    };
    const log = { isEnabled: false, add: () => undefined };
    await validateConfiguration(config, log);
    await expect(validateConfiguration({ ...config, asarr: true }, log)).rejects.toThrow('asarr');
  });
  it('makes what IT asks for: NSIS for one or all users, MSI for all with a fixed upgrade code', () => {
    expect(config.nsis).toMatchObject({ oneClick: false, perMachine: false, allowElevation: true });
    expect(config.msi).toMatchObject({ perMachine: true, upgradeCode: UPGRADE_CODE });
    // Whoever changes it leaves every installation behind that is out there.
    expect(UPGRADE_CODE).toBe('7E5B3C0A-52B1-4C0D-9A43-0F1B6C1D2E77');
    expect(config.win).toMatchObject({ requestedExecutionLevel: 'asInvoker' });
  });
  it('hardens the Mac with the one entitlement that V8 needs', () => {
    expect(config.mac).toMatchObject({ hardenedRuntime: true });
    const entitlements = readFileSync(String(config.mac?.entitlements), 'utf8');
    expect(entitlements.match(/<key>(.*)<\/key>/g)).toEqual(['<key>com.apple.security.cs.allow-jit</key>']);
  });
  it('takes over no ending that is not ours', () => {
    expect([config.fileAssociations].flat().map((one) => one?.ext)).toEqual(['fieldwriter', 'fwreceipt']);
  });
});

it('packing puts the shell into the archive, core beside it, and flips the fuses', async () => {
  // Elsewhere Electron is more than one file, and no stand-in has its shape.
  if (process.platform !== 'linux') return;
  write(
    'app/package.json',
    JSON.stringify({ name: 'fieldwriter', version: '1.2.3', main: 'main.js', author: 'F', description: 'd' }),
  );
  write('package.json', '{"private": true}');
  write('app/main.js', 'shell();');
  write('core/dist/core/main.js', 'core();');
  write('core/node_modules/node/bin/node', 'a runtime');
  // All fuses are on before: every one that shall be off has to be turned off.
  const wire = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.of(1, 8),
    Buffer.from('11111111'),
  ]);
  write('electron/electron', Buffer.concat([Buffer.alloc(4_096), wire, Buffer.alloc(4_096)]));
  write('electron/version', '45.4.1');
  write('electron/resources/keep', '');

  await build({
    targets: Platform.LINUX.createTarget('dir'),
    config: { ...config, electronVersion: '45.4.1' },
    projectDir: home,
  });
  const unpacked = path.join(home, 'out', process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
  const resources = path.join(unpacked, 'resources');
  expect(readFileSync(path.join(resources, 'fieldwriter/dist/core/main.js'), 'utf8')).toBe('core();');
  expect(existsSync(path.join(resources, 'fieldwriter/node_modules/node/bin/node'))).toBe(true);
  const archive = readFileSync(path.join(resources, 'app.asar'), 'latin1');
  expect(archive).toContain('shell();');
  expect(archive).not.toContain('core();');
  expect(archive).not.toContain('node_modules');

  const fuses = await getCurrentFuseWire(path.join(unpacked, 'fieldwriter'));
  const states = Object.fromEntries(
    Object.keys(FUSES).map((name) => {
      const fuse = FuseV1Options[(name[0]?.toUpperCase() + name.slice(1)) as keyof typeof FuseV1Options];
      return [name, fuses[fuse] === FuseState.ENABLE];
    }),
  );
  expect(states).toEqual(FUSES);
});
