import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '#core/model/json.ts';
import { blobFile } from '../blobs.ts';
import { openStore } from '../open.ts';
import type { ReplicatedStore } from '../replica/replication-contract.ts';
import { ACTOR, change, command, inFolder, NOW, policyholder, seededBytes, storeOptions } from '../store.fixture.ts';
import { damaged } from '../trouble.ts';
import { damageNoted, notingDamage } from './damage.ts';
import { repairStore } from './repair.ts';
import { lastRepair, type RepairReport, repairStanding } from './report.ts';

const BEFORE = 10;
const AFTER = 50;
const text = seededBytes('long texts');
const long = (): string => Buffer.from(text(1_500)).toString('base64');
let opening = 0;
const options = (folder: string) => {
  opening += 1;
  return storeOptions(folder, {}, opening);
};
const note = (store: ReplicatedStore, i: number): void => {
  const locator = `n-${i % 40}`;
  const base = store.get('note', locator)?.version ?? 0;
  store.commit(command('note.add', { arguments: { i } }), [
    change('note', locator, base, { locator, text: `${i} ${long()}` }),
  ]);
};

/** A store with a backup, and much behind it. */
async function worked(folder: string): Promise<{ shown: string[]; blob: string }> {
  const store = openStore(options(folder));
  const blob = await store.blobs.put(Buffer.from('a document'));
  store.commit(command('a'), [
    policyholder('h-1', 0, { name: ['Greta'] }),
    change('document', 'd-1', 0, { locator: 'd-1', blob }),
  ]);
  store.commit(command('a'), [policyholder('h-9', 0, { name: ['Hugo Forgotten'] })]);
  store.commit(command('c'), [
    change('counter', 'policyNumber', 0, { locator: 'policyNumber', next: 200_000_005, last: 299_999_999 }),
  ]);
  for (let i = 0; i < BEFORE; i += 1) note(store, i);
  await store.backup(join(folder, 'backup'));
  store.erasePerson('h-9', ACTOR, NOW);
  for (let i = BEFORE; i < BEFORE + AFTER; i += 1) note(store, i);
  store.commit(command('b'), [policyholder('h-2', 0, { name: ['Made After'] })]);
  const shown = [...store.exportCanonical()];
  store.close();
  return { shown, blob };
}

async function repaired(folder: string): Promise<{ report: RepairReport; store: ReplicatedStore }> {
  const opened = (): ReplicatedStore => openStore(options(folder));
  const error = await Promise.resolve()
    .then(() => opened().close())
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'store-damaged' });
  const report = await repairStore({ ...options(folder), found: (error as Error).message, backups: [] });
  const store = opened();
  expect(await store.verify()).toMatchObject({ ok: true, faults: [] });
  expect(lastRepair(store)).toEqual(report);
  return { report, store };
}
const file = (folder: string): string => join(folder, 'data/workbench.db');
function overwrite(folder: string, from: number, length: number): void {
  const bytes = readFileSync(file(folder));
  bytes.fill(0xa5, from, from + length);
  writeFileSync(file(folder), bytes);
}
/** Everything but what the repair says of itself. */
const without = (lines: Iterable<string>): string[] => [...lines].filter((line) => !line.includes('"setting"'));
const has = (store: ReplicatedStore, words: string): boolean => [...store.exportCanonical()].join('').includes(words);

test('J60 J61 J62 J63 a file that is overwritten, cut off or without its beginning is repaired; what it still gives is kept', async () => {
  await inFolder(async (folder) => {
    const { shown, blob } = await worked(folder);
    cpSync(join(folder, 'data'), join(folder, 'good'), { recursive: true });
    const size = readFileSync(file(folder)).length;
    const again = (harm: () => void): Promise<{ report: RepairReport; store: ReplicatedStore }> => {
      rmSync(join(folder, 'data'), { recursive: true });
      cpSync(join(folder, 'good'), join(folder, 'data'), { recursive: true });
      harm();
      return repaired(folder);
    };

    // Nothing says any more where its tables begin: nothing is lost.
    const beginning = await again(() => {
      overwrite(folder, 0, 4096);
      rmSync(blobFile(join(folder, 'data/blobs'), blob));
    });
    expect(beginning.report).toMatchObject({
      backup: { folder: join(folder, 'backup') },
      kept: AFTER + 2,
      missing: [],
      endKnown: true,
      files: 1,
      renewed: false,
    });
    expect(without(beginning.store.exportCanonical())).toEqual(shown);
    expect(beginning.store.get('counter', 'policyNumber')?.record.next).toBe(200_000_005);
    expect(Buffer.from((await beginning.store.blobs.get(blob)) ?? []).toString()).toBe('a document');
    beginning.store.close();

    // A page in the middle: each entry behind the backup is kept or named, and the records of those that are lost are there.
    let middle = beginning;
    // Which page holds what moves with the schema.
    for (const part of [0.5, 0.6, 0.7, 0.55, 0.65]) {
      middle = await again(() => overwrite(folder, Math.floor((size / 4096) * part) * 4096 + 100, 3000));
      if (middle.report.missing.length > 0) break;
      middle.store.close();
    }
    expect(middle.report.endKnown).toBe(true);
    expect(middle.report.missing.length).toBeGreaterThan(0);
    expect(middle.report.missing.length).toBeLessThan(4);
    expect(middle.report.kept + middle.report.missing.length).toBe(AFTER + 2);
    for (const { at, records } of middle.report.missing) expect([at !== null, records.length]).toEqual([true, 1]);
    const values = (lines: Iterable<string>) =>
      without(lines).map((line) => (JSON.parse(line) as { record: JsonObject }).record);
    const isCounter = ({ next }: JsonObject) => next !== undefined;
    expect(values(middle.store.exportCanonical()).filter((one) => !isCounter(one))).toEqual(
      values(shown).filter((one) => !isCounter(one)),
    );
    // A number that was printed is not printed again.
    expect(middle.store.get('counter', 'policyNumber')?.record.next).toBe(200_001_005);
    expect(repairStanding(middle.store)?.outcome).toMatchObject({ fromCloud: 0, asked: true, lost: [] });
    middle.store.commit(command('goes on'), []);
    middle.store.close();

    const half = await again(() => truncateSync(file(folder), Math.floor(size / 2)));
    expect(half.report.kept).toBeGreaterThan(0);
    expect(half.report.kept + half.report.missing.length).toBe(AFTER + 2);
    // Who was forgotten after the backup stays so.
    expect(has(half.store, 'Hugo')).toBe(false);
    half.store.close();
  });
});

test('J60 J64 damage that is met while open is noted; a repair that was broken off begins again or is finished', async () => {
  await inFolder(async (folder) => {
    const store = openStore(options(folder));
    for (let i = 0; i < 12; i += 1) note(store, i);
    const shown = [...store.exportCanonical()];
    store.close();
    const whole = readFileSync(file(folder));
    // No backup and no cloud: its journal alone.
    overwrite(folder, 0, 5000);
    const { report, store: first } = await repaired(folder);
    expect(report).toMatchObject({ backup: null, kept: 12, missing: [] });
    expect(readFileSync(join(report.aside, 'workbench.db')).subarray(5000)).toEqual(whole.subarray(5000));
    expect(without(first.exportCanonical())).toEqual(shown);
    first.close();
    // Killed between the name that says "complete" and the place.
    renameSync(file(folder), join(folder, 'data/workbench.db.repaired'));
    writeFileSync(file(folder), 'torn');
    writeFileSync(`${file(folder)}-wal`, 'of another file');
    mkdirSync(join(folder, 'data/repair-AbCd12'));
    const second = openStore(options(folder));
    expect(without(second.exportCanonical())).toEqual(shown);
    expect(readdirSync(join(folder, 'data'))).not.toContain('repair-AbCd12');
    expect(() =>
      notingDamage(join(folder, 'data'), () => {
        throw damaged('A page is damaged');
      }),
    ).toThrow(expect.objectContaining({ code: 'store-damaged' }));
    expect(damageNoted(join(folder, 'data'))).toContain('A page is damaged');
    second.close();
  });
});

test('J60 J62 a damaged frame in the log of a process that was killed is found, and what lies behind it is kept', async () => {
  await inFolder(async (folder) => {
    const store = openStore(options(folder));
    for (let i = 0; i < 4; i += 1) note(store, i);
    await store.backup(join(folder, 'backup'));
    store.close();
    const again = openStore(options(folder));
    for (let i = 4; i < 18; i += 1) note(again, i);
    const shown = [...again.exportCanonical()];
    // As a kill leaves it: the log is not in the file yet.
    const left = ['workbench.db', 'workbench.db-wal'].map(
      (name) => [name, readFileSync(join(folder, 'data', name))] as const,
    );
    again.close();
    const put = (change: (log: Buffer) => Buffer): void => {
      for (const name of ['workbench.db', 'workbench.db-wal', 'workbench.db-shm'])
        rmSync(join(folder, 'data', name), { force: true });
      for (const [name, bytes] of left)
        writeFileSync(join(folder, 'data', name), name.endsWith('wal') ? change(Buffer.from(bytes)) : bytes);
    };
    const frame = 24 + 4096;
    const frames = Math.floor(((left[1]?.[1].length ?? 0) - 32) / frame);
    // A transaction that a power cut tore was never acknowledged: that is no damage.
    put((log) => log.subarray(0, 32 + (frames - 1) * frame + 100));
    const torn = openStore(options(folder));
    expect((await torn.verify()).faults).toEqual([]);
    torn.close();
    put((log) => log.fill(0xa5, 32 + Math.floor(frames / 2) * frame + 200, 32 + Math.floor(frames / 2) * frame + 900));
    const { report, store: mended } = await repaired(folder);
    expect(report.found).toContain('workbench.db-wal is damaged');
    expect(report.kept + report.missing.length).toBe(14);
    expect(report.missing.length).toBeLessThan(3);
    const named = new Set(report.missing.flatMap(({ records }) => records));
    const lost = shown
      .filter((line) => ![...mended.exportCanonical()].includes(line))
      .map((line) => JSON.parse(line) as { type: string; locator: string });
    expect(lost.filter(({ type, locator }) => type === 'note' && !named.has(`${type} ${locator}`))).toEqual([]);
    mended.close();
  });
});
