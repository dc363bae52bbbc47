import { describe, expect, it } from 'vitest';
import type { Deployment, ProblemDocument } from '#core/api/contract.ts';
import type { ImportedTable, LabTableDifference, LabTables } from '#core/api/contracts/lab-tables.ts';
import type { FileContent } from '#core/api/contracts/studio.ts';
import { mergeTables } from '#core/model/rate-table/merge.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';
import { deployProduct, openTestWorkbench, smallProduct, TOKEN } from './support.ts';

const PATH = 'products/small/policy/tables/small_type_rates.csv';
const CSV = '\ufeffkey,value\r\n"Car",1.00\r\nVan,2.00\r\nBus,3.00';
const SMALL = smallProduct({
  'policy/tables/small_type_rates.csv': CSV,
  'policy/exposures/thing/exposure.json':
    '{"name":"thing","displayName":"Thing","fields":[{"name":"value","title":"Value","type":"number"},{"name":"type","title":"Type","type":"select","values":["Car","Van"],"optional":true}]}',
});
const changes = (row: number, text: string) => ({
  cells: { rows: [row], columns: [1], texts: [text] },
  removed: [],
  inserted: [],
});

describe('rate tables through the door', () => {
  it('RT3 RT7 RT12 opens a table whole, saves changes, merges into what came meanwhile', async () => {
    const opened = await openTestWorkbench();
    await deployProduct(opened, 'small', SMALL);
    const { call: request, raw } = opened;
    const list = await request<LabTables>('GET', '/api/lab/tables/small');
    expect(list.body).toMatchObject({
      configVersion: 1,
      tables: [
        {
          path: PATH,
          rows: 3,
          columns: ['key', 'value'],
          domains: [{ column: 'key', field: 'type', values: ['Car', 'Van'] }],
        },
      ],
    });
    const fetchBytes = (url: string, init: RequestInit = {}): Promise<Response> =>
      raw(url, { ...init, headers: { authorization: `Bearer ${TOKEN}` } });
    const at = (version: number): string => `version=${version}&path=${encodeURIComponent(PATH)}`;
    const text = async (version: number): Promise<string> =>
      Buffer.from(await (await fetchBytes(`/api/lab/tables/text?${at(version)}`)).arrayBuffer()).toString('utf8');
    expect(await text(1)).toBe(CSV);

    const save = (base: number, body: object, message: string) =>
      request<Deployment & ProblemDocument>('POST', '/api/lab/tables/save', {
        base,
        path: PATH,
        changes: body,
        message,
      });
    expect((await save(1, changes(1, '2.50'), 'Vans are dearer')).status).toBe(200);
    expect(await text(2)).toBe(CSV.replace('2.00', '2.50'));
    const late = await save(1, changes(2, '3.30'), 'Buses too');
    expect(late).toMatchObject({ status: 409, body: { code: 'version-conflict', details: { configVersion: 2 } } });
    const [base, ours, theirs] = [new RateTable(CSV), new RateTable(CSV), new RateTable(await text(2))];
    ours.applyChanges(changes(2, '3.30'));
    const merged = mergeTables(base, ours, theirs);
    expect(merged.conflicts).toEqual([]);
    expect((await save(2, merged.changes, 'Buses too')).status).toBe(200);
    const saved = await request<FileContent>('GET', `/api/configurations/3/file?path=${encodeURIComponent(PATH)}`);
    expect(saved.body.text).toBe('key,value\r\n"Car",1.00\r\nVan,2.50\r\nBus,3.30');
    const difference = await request<LabTableDifference>(
      'GET',
      `/api/lab/tables/difference?path=${encodeURIComponent(PATH)}&from=1&to=3`,
    );
    expect(difference.body.words).toEqual(['Van: value 2.00 → 2.50 (+25 %)', 'Bus: value 3.00 → 3.30 (+10 %)']);

    const workbook = await (await fetchBytes(`/api/lab/tables/export?${at(3)}`)).arrayBuffer();
    const imported = await fetchBytes('/api/lab/tables/import', { method: 'POST', body: workbook });
    expect(((await imported.json()) as ImportedTable).changes).toEqual({
      cells: { rows: [], columns: [], texts: [] },
      removed: [],
      inserted: [],
    });
    for (const wrong of [
      { ...changes(1, '1'), removed: [7] },
      { ...changes(9, '1') },
      { ...changes(1, '1'), inserted: [{ after: 9, cells: [] }] },
    ])
      expect((await save(3, wrong, 'Wrong')).body.code).toBe('malformed-request');
  });
});
