import { beforeAll, describe, expect, it } from 'vitest';
import type { FieldChange, PolicyHistoryEntry } from '#core/api/contracts/history.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { deployExample, draft, exampleRequest, openTestWorkbench, type TestWorkbench } from './support.ts';

/** Who changed what, and what it was before: through the door, over a policy's whole life. */
describe('history of a policy', () => {
  let opened: TestWorkbench;
  let policy: PolicyResponse;

  const history = async () =>
    (await opened.call<PolicyHistoryEntry[]>('GET', `/api/policies/${policy.locator}/history`)).body;
  const newest = async (command: string) => (await history()).find((entry) => entry.command === command);
  const said = (entry: PolicyHistoryEntry | undefined, type: string) =>
    (entry?.records.find((record) => record.type === type)?.changes ?? []).map((change) => line(change));
  const line = ({ path, before, after }: FieldChange) =>
    `${path.map((part) => ('title' in part ? part.title : part.member)).join(' / ')}: ${before ?? '–'} → ${after ?? '–'}`;

  beforeAll(async () => {
    opened = await openTestWorkbench();
    await deployExample(opened, 'personal-auto');
    policy = await draft(opened, exampleRequest('personal-auto', 'golden-new-business'));
  });

  it('says of a new policy what was entered, in the words of the configuration', async () => {
    const entries = await history();
    expect(entries.map(({ command }) => command)).toEqual(['policy.create', 'policyholder.create']);
    expect(entries[0]).toMatchObject({ author: 'Ada', configVersion: 1 });
    const lines = said(entries[0], 'quote');
    expect(lines).toContain('Vehicle 1 / Value (USD): – → 10000');
    expect(lines).toContain('state: – → draft');
    // Nothing technical: no locator, no row.
    expect(lines.join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(said(entries[1], 'policyholder').some((one) => one.startsWith('Last name: – → '))).toBe(true);
  });

  it('says before and after of a changed field, and nothing of the others', async () => {
    const exposure = policy.exposures[0];
    await opened.call('POST', `/policy/${policy.locator}/update`, {
      updateExposures: [{ exposureLocator: exposure?.locator, fieldValues: { vehicle_value: 12_000 } }],
    });
    expect(said(await newest('quote.update'), 'quote')).toEqual(['Vehicle 1 / Value (USD): 10000 → 12000']);
    const holder = await opened.call<PolicyholderResponse>('GET', `/policyholder/${policy.policyholderLocator}`);
    const changed = await opened.call('POST', '/policyholder/update', {
      locator: policy.policyholderLocator,
      version: holder.body.version,
      values: { ...holder.body.entity.values, last_name: 'Marsh-Jones' },
    });
    expect(changed.status).toBe(200);
    const lines = said(await newest('policyholder.update'), 'policyholder');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^Last name: .+ → Marsh-Jones$/);
  });

  it('says what pricing, deciding and issuing did', async () => {
    await opened.call('POST', `/policy/${policy.locator}/finalize`, {});
    expect(said(await newest('policy.finalize'), 'quote')).toEqual(
      expect.arrayContaining([
        'state: draft → accepted',
        expect.stringMatching(/^grossPremium: – → \d+\.\d\d$/),
        'decision: – → accept',
      ]),
    );
    await opened.call('POST', `/policy/${policy.locator}/issue`, {});
    const issued = await newest('policy.issue');
    expect(said(issued, 'policy')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^policyNumber: – → /),
        expect.stringMatching(/^issuedAt: – → \d+$/),
      ]),
    );
  });

  it('says what an endorsement changes of what stood there', async () => {
    const start = Number(policy.originalContractStartTimestamp) + 60 * 86_400_000;
    const endorse = (value: number, days: number) =>
      opened.call('POST', `/policies/${policy.locator}/endorsements`, {
        endorsementName: 'standardChange',
        startTimestamp: start + days * 86_400_000,
        updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { vehicle_value: value } }],
        state: 'issued',
      });
    expect((await endorse(15_000, 0)).status).toBe(200);
    expect((await endorse(20_000, 1)).status).toBe(200);
    const changes = (await history())
      .flatMap(({ records }) => records)
      .filter(({ type, what }) => type === 'transaction' && what === 'created')
      .map((record) => record.changes.map(line).find((one) => one.startsWith('Vehicle 1 / Value (USD)')));
    expect(changes).toEqual(['Vehicle 1 / Value (USD): 15000 → 20000', 'Vehicle 1 / Value (USD): 12000 → 15000']);
  });

  it('shows notes, and says "erased" instead of what a person said once they are', async () => {
    await opened.call('POST', `/api/policies/${policy.locator}/notes`, { text: 'MARKER of a note', due: '2026-02-01' });
    expect(said(await newest('note.add'), 'note')).toEqual(['text: – → MARKER of a note', 'due: – → 2026-02-01']);
    opened.workbench.desk.store.erasePerson(policy.policyholderLocator, { user: 'tester', name: 'Tester' }, 1);
    const entries = await history();
    expect(JSON.stringify(entries)).not.toMatch(/MARKER|Marsh/);
    expect(entries.find(({ command }) => command === 'note.add')).toMatchObject({ erased: true });
    expect(entries.find(({ command }) => command === 'policyholder.update')).toMatchObject({ erased: true });
    expect(entries[0]).toMatchObject({ command: 'person.erase' });
  });

  it('knows no policy that is not there', async () => {
    expect((await opened.call('GET', '/api/policies/none/history')).body.code).toBe('not-found');
  });
});
