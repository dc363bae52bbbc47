import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { coreArguments, placesOf } from './places.ts';

describe('where things lie', () => {
  it('is in the repository, seen from dist/electron', () => {
    const root = path.resolve(import.meta.dirname, '..');
    const { runtime, entry, preload } = placesOf(path.join(root, 'dist/electron'));
    expect(existsSync(runtime)).toBe(true);
    expect(entry).toBe(path.join(root, 'dist/core/main.js'));
    expect(preload).toBe(path.join(root, 'dist/electron/preload.cjs'));
  });
  it('is beside the archive of a packaged product, where stock Node can read it; the preload script inside', () => {
    const packaged = placesOf('/opt/fw/resources/app.asar/dist/electron', '/opt/fw/resources');
    const { runtime, entry, preload, checked } = packaged;
    expect(checked).toEqual({
      folder: '/opt/fw/resources/fieldwriter',
      list: '/opt/fw/resources/app.asar/dist/electron/core-files.json',
    });
    expect(runtime.startsWith('/opt/fw/resources/fieldwriter/node_modules/node/bin/node')).toBe(true);
    expect(entry).toBe('/opt/fw/resources/fieldwriter/dist/core/main.js');
    expect(preload).toBe('/opt/fw/resources/app.asar/dist/electron/preload.cjs');
  });
});

describe('arguments', () => {
  it("that are meant for core reach it, Chromium's own do not", () => {
    const given = ['--no-zygote', '--data', '/d', '--user=Ada Lovelace', '--inspect=9229', 'file', '--port', '80'];
    expect(coreArguments(given)).toEqual(['--data', '/d', '--user', 'Ada Lovelace']);
    expect(coreArguments(['--data'])).toEqual([]);
    expect(coreArguments(['file'], '/chosen')).toEqual(['--data', '/chosen']);
    expect(coreArguments(['--data', '/d'], '/chosen')).toEqual(['--data', '/d']);
  });
});
