import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { electronBinary } from './start.ts';

it('finds the binary of Electron only where it is, and downloads nothing', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-electron-'));
  // What asking the package itself would run.
  writeFileSync(path.join(folder, 'index.js'), 'throw new Error("asked")');
  expect(electronBinary(folder)).toBeUndefined();
  writeFileSync(path.join(folder, 'path.txt'), 'electron\n');
  expect(electronBinary(folder)).toBeUndefined();
  mkdirSync(path.join(folder, 'dist'));
  writeFileSync(path.join(folder, 'dist/electron'), '');
  expect(electronBinary(folder)).toBe(path.join(folder, 'dist/electron'));
  rmSync(folder, { recursive: true });
});
