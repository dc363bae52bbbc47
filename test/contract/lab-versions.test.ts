/** Versions in Git (core/lab/versions/SPEC.md), through the door and with a stock Git. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Deployment, ProblemDocument } from '#core/api/contract.ts';
import type {
  VersionBlame,
  VersionDifference,
  VersionHistory,
  VersionWritten,
} from '#core/api/contracts/lab-versions.ts';
import { mergeText } from '#core/lab/versions/merge-text.ts';
import { deployProduct, openTestWorkbench, smallProduct, type TestWorkbench } from './support.ts';

const TABLE = 'products/small/policy/tables/small_rates.csv';
const PREMIUM = 'products/small/policy/exposures/thing/perils/loss.premium.liquid';
const AT = '/api/lab/versions/small';
const rates = (...lines: string[]): string => `key,value,note\n${lines.join('\n')}\n`;
const FIRST = rates('red,1.00,a', 'blue,2.00,b', 'green,3.00,c', 'black,4.00,d');

let opened: TestWorkbench;
beforeAll(async () => {
  opened = await openTestWorkbench();
  await deployProduct(opened, 'small', smallProduct({ 'policy/tables/small_rates.csv': FIRST }));
  // Another product's deployments stand between: its files are no part of this product's history.
  await deployProduct(opened, 'other', smallProduct());
  await save(1, TABLE, rates('red,1.03,a', 'blue,2.06,b', 'green,3.09,c', 'black,4.12,d'), 'All colours 3 % up');
  await deployProduct(opened, 'other', smallProduct({ 'policy/notes.txt': 'more' }));
  await save(3, TABLE, rates('black,4.12,d', 'red,1.03,a', 'blue,2.50,b', 'green,3.09,c'), 'Blue is dear');
});

async function save(base: number, file: string, text: string, message: string): Promise<Deployment> {
  const answer = await opened.call<Deployment>('POST', '/api/studio/save', {
    base,
    changes: { [file]: text },
    message,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}
const history = async () => (await opened.call<VersionHistory>('GET', AT)).body;
const post = <T = VersionWritten>(at: string, body: object = {}) => opened.call<T>('POST', `${AT}/${at}`, body);

describe('the history of a product', () => {
  it('VE1, VE2: has its deployments, and a stock Git reads the same', async () => {
    const { commits, branches } = await history();
    expect(commits.map(({ configVersion, message }) => [configVersion, message])).toEqual([
      [5, 'Blue is dear'],
      [3, 'All colours 3 % up'],
      [1, 'Deploy small'],
    ]);
    expect(commits.map(({ parents }) => parents)).toEqual([[commits[1]?.commit], [commits[2]?.commit], []]);
    expect(branches).toEqual([{ name: 'main', commit: commits[0]?.commit, ahead: 0 }]);
    const clone = path.join(opened.folder, 'clone');
    const git = (...words: string[]): string =>
      execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    git('clone', '-q', path.join(opened.folder, 'configurations.git'), clone);
    expect(existsSync(path.join(clone, TABLE))).toBe(true);
    const log = git('-C', clone, 'log', '--format=%H %an %s').trim().split('\n');
    expect(log).toHaveLength(5);
    expect(log[0]).toBe(`${commits[0]?.commit} Ada Blue is dear`);
    git('-C', clone, 'fsck', '--strict');
  });

  it('VE3: differs by files, and by cells of a table in words, whatever the order of its rows', async () => {
    const up = await opened.call<VersionDifference>('GET', `${AT}/difference?from=1&to=3`);
    expect(up.body.files).toMatchObject([{ path: TABLE, kind: 'changed', table: { words: ['value +3 %, 4 rows'] } }]);
    const blue = await opened.call<VersionDifference>('GET', `${AT}/difference?from=3&to=5`);
    expect(blue.body.files[0]?.table?.changed).toEqual([
      { key: 'blue', column: 'value', before: '2.06', after: '2.50' },
    ]);
    const none = await opened.call<ProblemDocument>('GET', `${AT}/difference?from=3&to=nothing`);
    expect([none.status, none.body.detail]).toEqual([404, expect.stringContaining('"nothing"')]);
  });

  it('VE4: blames each cell on the commit that last set it, and each line', async () => {
    const { body } = await opened.call<VersionBlame>('GET', `${AT}/blame?path=${TABLE}`);
    if (body.kind !== 'cells') throw new Error(body.kind);
    const set = Object.fromEntries(
      body.rows.map(({ key, cells }) => [key, cells.map(({ commit }) => body.commits[commit]?.configVersion)]),
    );
    expect(set).toEqual({ black: [1, 3, 1], red: [1, 3, 1], blue: [1, 5, 1], green: [1, 3, 1] });
    const slice = await opened.call<VersionBlame>('GET', `${AT}/blame?path=${TABLE}&q=gre&count=1`);
    expect(slice.body).toMatchObject({ total: 1, rows: [{ key: 'green' }] });
    const lines = await opened.call<VersionBlame>('GET', `${AT}/blame?path=${PREMIUM}&ref=3`);
    expect(lines.body).toMatchObject({ kind: 'lines', lines: [{ text: '{{ 120 | set_year_premium }}' }] });
    const schema = await opened.call<ProblemDocument>('GET', `${AT}/blame?path=nowhere.csv`);
    expect(schema.status).toBe(404);
  });
});

describe('work in progress', () => {
  it('VE5, VE6: a branch keeps what is not deployed, takes in what was, and is deployed as a version', async () => {
    const begun = await post('branches', { name: 'spring' });
    const taken = await post<ProblemDocument>('branches', { name: 'spring' });
    expect([begun.status, taken.body.code]).toEqual([200, 'wrong-state']);
    expect((await post<ProblemDocument>('branches', { name: '../main' })).body.code).toBe('malformed-request');
    const changes = { [PREMIUM]: '{{ 130 | set_year_premium }}\n' };
    const first = await post('branches/spring/save', { base: begun.body.commit, changes, message: 'Ten more' });
    expect(first.status, JSON.stringify(first.body)).toBe(200);
    const late = await post<ProblemDocument>('branches/spring/save', {
      base: begun.body.commit,
      changes,
      message: 'x',
    });
    expect(late.body.code).toBe('version-conflict');
    expect((await history()).branches).toContainEqual({ name: 'spring', commit: first.body.commit, ahead: 1 });
    // Meanwhile the table goes on, on the branch of the deployments.
    const other = rates('black,4.12,d', 'red,1.10,a', 'blue,2.50,b', 'green,3.09,c');
    await save(5, TABLE, other, 'Red too');
    await post('branches/spring/update');
    const merged = await post('branches/spring/merge');
    expect(merged.status, JSON.stringify(merged.body)).toBe(200);
    const { commits } = await history();
    expect(commits[0]).toMatchObject({ configVersion: merged.body.configVersion, message: 'Merge spring' });
    expect(commits[0]?.parents).toHaveLength(2);
    const now = await opened.call<VersionDifference>('GET', `${AT}/difference?from=5&to=main`);
    expect(now.body.files.map((file) => file.path).sort()).toEqual([PREMIUM, TABLE].sort());
    // Through the merge a line is still blamed on the commit of the branch.
    const lines = await opened.call<VersionBlame>('GET', `${AT}/blame?path=${PREMIUM}`);
    expect(lines.body).toMatchObject({ lines: [{ commit: first.body.commit }] });
    expect((await opened.call('DELETE', `${AT}/branches/spring`)).status).toBe(200);
  });

  it('VE6: what both sides changed is a conflict by file and line; errors refuse; nothing was changed', async () => {
    const { body: begun } = await post('branches', { name: 'rival' });
    const value = (red: string) => rates('black,4.12,d', `red,${red},a`, 'blue,2.50,b', 'green,3.09,c');
    await post('branches/rival/save', { base: begun.commit, changes: { [TABLE]: value('1.50') }, message: 'Red up' });
    const { commits } = await history();
    await save(
      commits.find(({ configVersion }) => configVersion)?.configVersion ?? 0,
      TABLE,
      value('0.90'),
      'Red down',
    );
    const before = await history();
    const refused = await post<ProblemDocument>('branches/rival/merge');
    expect(refused.body).toMatchObject({ code: 'version-conflict', place: { file: TABLE } });
    expect(refused.body.detail).toContain('value of red is 0.90 here and 1.50 there');
    expect((await history()).commits.map(({ commit }) => commit)).toEqual(before.commits.map(({ commit }) => commit));
    const { body: broken } = await post('branches', { name: 'broken' });
    const changes = { 'products/small/policy/policy.json': '{' };
    await post('branches/broken/save', { base: broken.commit, changes, message: 'Half a file' });
    expect((await post<ProblemDocument>('branches/broken/merge')).body.code).toBe('invalid-configuration');
  });

  it('VE7, VE8: a version is taken back while later ones stay; a release has a name', async () => {
    const tagged = await post('tags', { name: 'spring-2027', ref: '3', message: 'Filed on 1 March' });
    expect(tagged.status).toBe(200);
    expect((await post<ProblemDocument>('tags', { name: 'empty', ref: '3', message: ' ' })).body.code).toBe(
      'malformed-request',
    );
    const reverted = await post('revert', { ref: '5' });
    expect(reverted.status, JSON.stringify(reverted.body)).toBe(200);
    const { commits, tags } = await history();
    expect(tags).toMatchObject([{ name: 'spring-2027', message: 'Filed on 1 March', author: 'Ada' }]);
    expect(commits.find(({ configVersion }) => configVersion === 3)?.tags).toEqual(['spring-2027']);
    expect(commits.find(({ configVersion }) => configVersion)?.message).toBe('Revert "Blue is dear"');
    const since = await opened.call<VersionDifference>('GET', `${AT}/difference?from=spring-2027&to=main`);
    const table = since.body.files.find((file) => file.path === TABLE)?.table;
    // Blue is back at 2.06; red, which changed later, stays.
    expect(table?.changed).toEqual([{ key: 'red', column: 'value', before: '1.03', after: '0.90' }]);
    expect((await post<ProblemDocument>('revert', { ref: '1' })).body.code).toBe('wrong-state');
  });
});

describe('merging texts', () => {
  const lines = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 12 })
    .map((list) => list.map((one) => `${one}\n`).join(''));
  it('VE6: is the same whoever merges whom; a side that changed nothing gives way; what both did is done once', () => {
    fc.assert(
      fc.property(lines, lines, lines, (base, ours, theirs) => {
        const [one, other] = [mergeText(base, ours, theirs), mergeText(base, theirs, ours)];
        expect(one.conflicts.length === 0).toBe(other.conflicts.length === 0);
        if (one.conflicts.length === 0) expect(one.text).toBe(other.text);
        expect(mergeText(base, base, theirs)).toEqual({ text: theirs, conflicts: [] });
        expect(mergeText(base, ours, ours)).toEqual({ text: ours, conflicts: [] });
      }),
      { seed: 5, numRuns: 500 },
    );
  });
  it('takes far changes of both sides', () => {
    expect(mergeText('1\n2\n3\n4\n5\n', '1!\n2\n3\n4\n5\n', '1\n2\n3\n4\n5\n6\n')).toEqual({
      text: '1!\n2\n3\n4\n5\n6\n',
      conflicts: [],
    });
  });
});
