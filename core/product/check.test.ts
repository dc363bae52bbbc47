import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { checkConfiguration } from './check.ts';
import { loadConfiguration } from './load.ts';
import { DEFECTS } from './testing/defects.ts';
import { SOUND } from './testing/sound.ts';

async function check(files: Readonly<Record<string, string>>): Promise<readonly Diagnostic[]> {
  const bytes = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  return checkConfiguration(await loadConfiguration({ files: bytes }));
}
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('C1 a sound configuration', () => {
  it('C1 gives no diagnostic at all', async () => {
    expect(await check(SOUND)).toEqual([]);
  });
  const examples = new URL('../../examples/', import.meta.url);
  const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it.each(folders.map(({ name }) => name))('C1 nor does the example %s', async (name) => {
    const configuration = await loadConfiguration({ folder: new URL(name, examples).pathname });
    expect(checkConfiguration(configuration)).toEqual([]);
  });
});

describe('C2 every class of defect is found at its place', () => {
  it.each(DEFECTS.map((defect) => [`${defect.code}: ${defect.by || `without ${defect.replace}`}`, defect] as const))(
    'C2 %s',
    async (_, defect) => {
      const sound = SOUND[defect.file] ?? '';
      const files: Record<string, string> = { ...SOUND };
      if (defect.replace === '*') delete files[defect.file];
      else {
        expect(sound.split(defect.replace)).toHaveLength(2);
        files[defect.file] = sound.replace(defect.replace, () => defect.by);
      }
      const file = defect.at?.file ?? defect.file;
      const line = lineOf(files[file] ?? '', defect.at?.text ?? defect.by);
      const found = await check(files);
      expect(found).toContainEqual(
        expect.objectContaining({
          severity: defect.severity,
          code: defect.code,
          file,
          line,
          message: expect.stringContaining(defect.says),
        }),
      );
      for (const one of found) expect(one.column).toBeGreaterThan(0);
    },
  );
  it('C3 names the product, sorts by place and says nothing twice', async () => {
    const found = await check({ ...SOUND, 'scripts/main/rater.js': 'x(y);\n', 'products/auto/policy/fees.json': '{}' });
    expect(found.map(({ file, line }) => `${file}:${line}`)).toEqual(
      found.map(({ file, line }) => `${file}:${line}`).sort(),
    );
    expect(found.filter(({ code }) => code === 'undeclared-fee').map(({ product }) => product)).toEqual([
      'auto',
      'auto',
    ]);
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(found.length);
  });
});
