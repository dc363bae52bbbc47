import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '#test/contract/support.ts';

const PLAN = path.join(ROOT, 'examples/private-motor-france');
const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-impact-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COLUMNS = Object.keys(
  (JSON.parse(readFileSync(path.join(PLAN, 'book/columns.json'), 'utf8')) as { columns: object }).columns,
);
/** Two policies in the columns of the real book; the second has no age of the vehicle, as some there have none. */
const RISKS = [
  'A1-V01,A1,V01,Year 0,0.5,Maxi,29,9,Biannual,No,Retired,36233,No,85,0,M,,62,0,10,1587,98,Gasoline,PEUGEOT,306,10,9,182,Tourism,20700,1210',
  'A2-V01,A2,V01,Year 0,0.5,Mini,3,1,Yearly,No,Retired,92073,No,69,0,M,,39,0,NA,2149,170,Diesel,FIAT,PANDA,4,2,229,Tourism,34250,1510',
];
const fieldwriter = (...given: readonly string[]) =>
  spawnSync(process.execPath, [path.join(ROOT, 'bin/fieldwriter.mjs'), ...given], { cwd: folder, encoding: 'utf8' });

describe('fieldwriter impact', () => {
  it('rates a book in its own columns with two configurations and writes the result', () => {
    writeFileSync(path.join(folder, 'book.csv'), `${[COLUMNS.join(','), ...RISKS].join('\n')}\n`);
    cpSync(PLAN, path.join(folder, 'after'), { recursive: true });
    const base = path.join(folder, 'after/products/private-motor-france/policy/tables/fr_base.csv');
    writeFileSync(base, readFileSync(base, 'utf8').replace('Maxi,510', 'Maxi,561'));
    const map = ['--map', path.join(PLAN, 'book/columns.json')];
    const done = fieldwriter(
      'impact',
      PLAN,
      'after',
      'book.csv',
      ...map,
      '--by',
      'policy.usage',
      '--out',
      'result.json',
    );
    expect(done.stdout + done.stderr).toContain('1 risks: 248.29 → 273.12 EUR (+10.0004 %)');
    const result = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as {
      failures: { first: { key: string; before: string }[] };
    };
    expect(result.failures.first).toMatchObject([
      { key: 'A2-V01', before: expect.stringContaining('"NA" is no number') },
    ]);

    const wrong = fieldwriter('impact', PLAN, 'after', 'book.csv', '--out', 'result.doc');
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('end it in .xlsx, .pdf or .json')]);
  });
});
