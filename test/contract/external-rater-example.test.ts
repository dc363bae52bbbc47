import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import type { ExchangeResponse } from '#core/integrations/exchanges.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { checkConfiguration } from '#core/product/check.ts';
import { loadConfiguration } from '#core/product/load.ts';
import type { RaterRequest } from './rater-support.ts';
import { ACTOR, draft, openTestWorkbench, ROOT, type TestWorkbench } from './support.ts';

/** examples/external-rater as its readers run it: the rater in a process of its own, the credentials set in the workbench. */

const EXAMPLE = path.join(ROOT, 'examples/external-rater');
const PASSWORD = 'a-password-of-this-test';
const at = (date: string): string => String(startOfDay(date, 'America/Los_Angeles'));

let rater: ChildProcess;
let opened: TestWorkbench;

beforeAll(async () => {
  const script = path.join(EXAMPLE, 'rater/server.mjs');
  rater = spawn(process.execPath, [script, '0'], {
    env: { ...process.env, EXAMPLE_RATER_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: rater.stdout ?? process.stdin }), 'line')) as [string];
  const url = /http:\S+/.exec(line)?.[0] ?? '';
  const { files } = await loadConfiguration({ folder: EXAMPLE });
  const brought = new TextDecoder().decode(files.get('integrations.json')).replace('http://127.0.0.1:8090/rate', url);
  const configuration = await loadConfiguration({
    files: new Map([...files, ['integrations.json', new TextEncoder().encode(brought)]]),
  });
  expect(checkConfiguration(configuration)).toEqual([]);
  opened = await openTestWorkbench();
  await deployConfiguration(opened.workbench.desk, { actor: ACTOR }, configuration);
  const value = `Basic ${Buffer.from(`fieldwriter:${PASSWORD}`).toString('base64')}`;
  await opened.call('PUT', '/api/secrets/example-rater', { value });
});
afterAll(() => rater.kill());

function risk(value: number, channel = 'Agent') {
  const perils = ['third_party_liability', 'collision', 'roadside_service'].map((name) => ({ name }));
  return {
    policyholder: { values: { first_name: 'Ada', last_name: 'Lovelace' } },
    policy: {
      productName: 'rated-auto',
      policyStartTimestamp: at('2026-01-01'),
      policyEndTimestamp: at('2027-01-01'),
      fieldValues: { channel },
      exposures: [{ exposureName: 'vehicle', fieldValues: { vehicle_value: value }, perils }],
    },
  };
}
const current = (policy: PolicyResponse) =>
  (policy.exposures[0]?.perils ?? []).map(({ name, characteristics }) => [
    name,
    ...characteristics
      .filter(({ replacedTimestamp }) => replacedTimestamp === undefined)
      .map(({ premium, technicalPremium }) => [premium, technicalPremium]),
  ]);

describe('the example rater', () => {
  test('prices new business: yearly, exact and by alias; and an endorsement of which it sees only what is to be priced', async () => {
    const made = await draft(opened, risk(10_000));
    const finalized = await opened.call<PolicyResponse>('POST', `/policy/${made.locator}/finalize`, {});
    expect([finalized.status, current(finalized.body)]).toEqual([
      200,
      [
        ['third_party_liability', ['210.00', '168.00']],
        ['collision', ['119.00', '95.20']],
        ['roadside_service', ['25.00', '20.00']],
      ],
    ]);
    const row = finalized.body.exposures[0]?.perils[0]?.characteristics[0];
    expect(row?.commissions).toMatchObject([{ recipient: 'agent', amount: '10.50' }]);
    // 19.425 + 11.0075 + 2.3125 at 9.25 %, each rounded half up.
    expect(finalized.body.characteristics[0]).toMatchObject({ grossPremium: '354.00', grossTaxes: '32.75' });
    await opened.call('POST', `/policy/${made.locator}/issue`, {});

    const changed = await opened.call<{ locator: string; state: string }>(
      'POST',
      `/policies/${made.locator}/endorsements`,
      {
        endorsementName: 'standardChange',
        startTimestamp: at('2026-07-01'),
        updateExposures: [{ exposureLocator: made.exposures[0]?.locator, fieldValues: { vehicle_value: 12_000 } }],
        state: 'issued',
      },
    );
    expect([changed.status, changed.body.state]).toEqual([200, 'issued']);
    const after = await opened.call<PolicyResponse>('GET', `/policy/${made.locator}`);
    expect(current(after.body)).toEqual([
      // Six months of 210 a year, then six of 252.
      ['third_party_liability', ['105.00', '84.00'], ['126.00', '100.80']],
      // Half of 119.00 by months, then 142.80 × 184 ÷ 365 as the rater counts.
      ['collision', ['59.50', '47.60'], ['71.99', '57.59']],
      ['roadside_service', ['12.50', '10.00'], ['12.50', '10.00']],
    ]);

    const exchanges = await opened.call<ExchangeResponse[]>('GET', `/api/policies/${made.locator}/exchanges`);
    const asked = exchanges.body.map(({ request }) => request as unknown as RaterRequest);
    expect(asked.map(({ operation }) => operation)).toEqual(['new_business', 'endorsement']);
    expect(asked[1]).toMatchObject({ endorsementLocator: changed.body.locator });
    expect(asked[1]).not.toHaveProperty('renewalLocator');
    const listed = new Set(asked[1]?.policyExposurePerils.map((row) => row.perilCharacteristicsLocator));
    const rows = (asked[1]?.policy.exposures[0]?.perils ?? []).flatMap(({ characteristics }) => characteristics);
    expect(rows.filter(({ locator }) => listed.has(locator)).map((one) => one.coverageStartTimestamp)).toEqual(
      [1, 2, 3].map(() => at('2026-07-01')),
    );
    expect(rows.filter(({ premium }) => premium === undefined).map(({ locator }) => locator)).toEqual([...listed]);
  });

  test('refuses in its own words', async () => {
    const made = await draft(opened, risk(100_001, 'Direct'));
    const refused = await opened.call<ProblemDocument>('POST', `/policy/${made.locator}/finalize`, {});
    expect([refused.status, refused.body.message]).toEqual([
      409,
      'Vehicles worth more than 100000 are priced by hand: call the motor desk.',
    ]);
  });

  test('lets nobody in without its password', async () => {
    await opened.call('PUT', '/api/secrets/example-rater', { value: 'Basic d3Jvbmc6d3Jvbmc=' });
    const made = await draft(opened, risk(10_000));
    const refused = await opened.call<ProblemDocument>('POST', `/policy/${made.locator}/finalize`, {});
    expect([refused.status, refused.body.message]).toEqual([422, expect.stringContaining('status 401')]);
  });
});
