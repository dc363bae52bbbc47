/**
 * Checks who imports whom (.dependency-cruiser.mjs). The check first proves itself: it must see a planted violation, because a
 * cruiser that can not parse TypeScript reports "no violations" on anything.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

function cruise(...folders: string[]): { status: number | null; output: string } {
  const run = spawnSync(process.execPath, [cruiser, '--config', '.dependency-cruiser.mjs', ...folders], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status: run.status, output: `${run.stdout}${run.stderr}` };
}

/** Plants a file on the lowest floor that imports from a higher one, as a value or as a type, and expects to be told. */
function proveThatItSees(statement: string): void {
  const folder = mkdtempSync(path.join(root, 'core/model/planted-'));
  try {
    writeFileSync(path.join(folder, 'planted.ts'), `${statement}\n`);
    const { status, output } = cruise(path.relative(root, folder));
    if (status === 0 || !output.includes('floor-model'))
      throw new Error(`the floors check did not see a planted violation (${statement}):\n${output}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

proveThatItSees("import '#core/pricing/contract.ts';");
proveThatItSees("import type { PricingInput } from '#core/pricing/contract.ts';\nexport type Planted = PricingInput;");
const folders = ['core', 'electron', 'renderer', 'cloud'].filter((folder) => existsSync(path.join(root, folder)));
const { status, output } = cruise(...folders);
console.log(output.replace(/\n‼ missing-tsc-transpiler[\s\S]*$/, '').trim());
process.exitCode = status ?? 1;
