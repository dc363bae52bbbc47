import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import { historyPorts } from '#core/cli/history-requests.ts';
import type { JsonValue } from '#core/model/json.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { runHistory } from '#core/policy/history-run.ts';
import { openDesk } from '#core/policy/open-desk.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { ROOT } from '#test/contract/support.ts';

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-time-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const KEY = '5e'.repeat(32);
const LIFETIME = path.join(ROOT, 'test/cases/lifetime');

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly problem: ProblemDocument | undefined;
}
/** The command line as a user runs it. */
function fieldwriter(arguments_: readonly string[], input?: unknown): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'bin/fieldwriter.mjs'), ...arguments_], {
      cwd: home,
      env: { ...process.env, XDG_CONFIG_HOME: path.join(home, 'config'), FIELDWRITER_KEY: KEY },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once('close', (code) =>
      resolve({ code, out, problem: err === '' ? undefined : (JSON.parse(err) as ProblemDocument) }),
    );
    child.stdin.end(input === undefined ? '' : JSON.stringify(input));
  });
}

const THING = { exposureName: 'thing', fieldValues: { value: 12_000 }, perils: [{ name: 'fire' }, { name: 'theft' }] };
const policy = { policyStartTimestamp: '2023-01-01', policyEndTimestamp: '2024-01-01', exposures: [THING] };
const change = (issued: string, start: string, update: object) => ({
  type: 'endorsement',
  issuedTimestamp: issued,
  request: { endorsementName: 'change', startTimestamp: start, ...update },
});
const value = (to: number) => ({ updateExposures: [{ exposure: 0, fieldValues: { value: to } }] });
/** Out of sequence, cancelled, covered again after a gap, renewed. */
const LIFE = {
  policy,
  issuedTimestamp: '2022-12-20',
  transactions: [
    change('2023-03-01', '2023-07-01', { addExposures: [{ ...THING, fieldValues: { value: 6_000 } }] }),
    change('2023-03-15', '2023-04-01', value(24_000)),
    {
      type: 'cancellation',
      issuedTimestamp: '2023-08-20',
      request: { name: 'insured_request', effectiveTimestamp: '2023-09-01' },
    },
    { type: 'reinstatement', issuedTimestamp: '2023-10-01', request: { effectiveTimestamp: '2023-10-01' } },
    change('2023-11-01', '2023-11-01', {
      updateExposures: [
        { exposureLocator: { $ref: '/transactions/3/policy/exposures/1/locator' }, endPerils: ['theft'] },
      ],
    }),
    { type: 'renewal', issuedTimestamp: '2023-12-01' },
  ],
};

/** The history as the command line reads it. */
function riskOf(transactions: readonly JsonValue[]) {
  const millis = (day: string) => String(Date.parse(day));
  return {
    policy: {
      ...policy,
      productName: 'shop',
      policyStartTimestamp: millis(policy.policyStartTimestamp),
      policyEndTimestamp: millis(policy.policyEndTimestamp),
    },
    issuedTimestamp: millis(LIFE.issuedTimestamp),
    transactions,
  };
}

describe('quote with a history', () => {
  let workbench: ThrowawayDesk;
  beforeAll(async () => {
    workbench = await openThrowawayDesk(await loadConfiguration({ folder: LIFETIME }), { documents: 'later' });
  });
  afterAll(() => workbench.close());
  const lived = (transactions: readonly JsonValue[]) =>
    runHistory(workbench.desk, workbench.caller, riskOf(transactions), historyPorts(workbench, 'UTC'));

  it('answers the policy after every transaction, and sums up what is current over all terms', async () => {
    const run = await fieldwriter(['quote', LIFETIME, '-'], LIFE);
    expect([run.code, run.problem]).toEqual([0, undefined]);
    const { summary, transactions } = JSON.parse(run.out) as {
      summary: object;
      transactions: { type: string; state: string; price: { premiumChange: string }; policy: { locator: string } }[];
    };
    // 3 months at 10 + 5, 5 at 20 + 5, 3 at 20 + 5; of the second thing 2 at 5 + 5, 1 at 5 + 5, 2 at 5; then a year of 240 + 60 + 60.
    expect(transactions.map(({ type, state, price }) => [type, state, price.premiumChange])).toEqual([
      ['endorsement', 'issued', '60.00'],
      ['endorsement', 'issued', '90.00'],
      ['cancellation', 'issued', '-140.00'],
      ['reinstatement', 'issued', '105.00'],
      ['endorsement', 'issued', '-10.00'],
      ['renewal', 'issued', '360.00'],
    ]);
    expect(new Set(transactions.map((one) => one.policy.locator)).size).toBe(1);
    expect(summary).toMatchObject({ grossPremium: '645.00', grossTaxes: '64.50', decision: 'accept' });
  });

  it.each([
    ['a reference to nothing', { $ref: '/policy/exposures/3/locator' }, 'only the entries 0 to 0'],
    ['a reference that is no pointer', { $ref: 'policy.exposures[0]' }, 'write it as /policy/exposures/0/locator'],
  ])('says where %s stands', async (_, exposureLocator, text) => {
    const update = { updateExposures: [{ exposureLocator, fieldValues: { value: 1 } }] };
    const refused = lived([change('2023-03-01', '2023-04-01', update)]);
    await expect(refused).rejects.toMatchObject({ code: 'malformed-request', message: expect.stringContaining(text) });
    await expect(refused).rejects.toThrow(/^transactions\[0\]\.request\.updateExposures\[0\]\.exposureLocator: /);
  });

  it.each([
    [
      'an exposure that is not there',
      [change('2023-03-01', '2023-04-01', { endExposures: [1] })],
      /^transactions\[0\]\.request\.endExposures\[0\]: the policy has no exposure 1; it has 1/,
    ],
    [
      'an exposure that is named twice',
      [change('2023-03-01', '2023-04-01', { updateExposures: [{ exposure: 0, exposureLocator: 'x' }] })],
      /updateExposures\[0\]: it names its exposure twice/,
    ],
    [
      'an unknown peril',
      [change('2023-03-01', '2023-04-01', { updateExposures: [{ exposure: 0, endPerils: ['flood'] }] })],
      /endPerils\[0\]: thing has no peril "flood"\. It has: fire, theft\./,
    ],
    [
      'an unknown endorsement',
      [{ type: 'endorsement', request: { endorsementName: 'changes' } }],
      /^transactions\[0\] \(endorsement\): There is no endorsement "changes"\. There are: change, correction/,
    ],
    [
      'an endorsement outside of cover',
      [change('2023-03-01', '2024-04-01', value(1))],
      /^transactions\[0\] \(endorsement\): .* 2023-01-01 to 2024-01-01, not on 2024-04-01\.$/,
    ],
    [
      'a day that the calendar has not',
      [change('2023-03-01', '2023-02-30', value(1))],
      /startTimestamp is "2023-02-30"/,
    ],
    [
      'transactions that are not in the order of issue',
      [change('2023-03-01', '2023-04-01', value(1)), change('2023-02-01', '2023-05-01', value(2))],
      /^transactions\[1\] is issued before what stands in front of it/,
    ],
  ])('says what is wrong with %s', async (_, transactions, text) => {
    await expect(lived(transactions)).rejects.toThrow(text);
  });

  it('a rejected new business is an answer; nothing follows it', async () => {
    const rejected = { ...policy, exposures: [{ ...THING, fieldValues: { value: 200_000 } }] };
    const run = await fieldwriter(['quote', LIFETIME, '-'], { ...LIFE, policy: rejected });
    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({
      summary: { decision: 'reject', transactionsNotReached: 6 },
      transactions: [],
    });
  });
});

describe('timeline', () => {
  const data = path.join(home, 'data');
  let number = '';
  beforeAll(async () => {
    let now = 0;
    const desk = openDesk({
      folder: data,
      key: new Uint8Array(Buffer.from(KEY, 'hex')),
      documents: 'later',
      now: () => now,
    });
    const configuration = await loadConfiguration({ folder: LIFETIME });
    const caller = { actor: { user: 'ada', name: 'Ada' } };
    await deployConfiguration(desk, caller, configuration);
    const clock = {
      set(to = 0) {
        now = to;
      },
    };
    const ports = historyPorts({ desk, caller, clock, close: () => desk.close() }, 'UTC');
    number = (await runHistory(desk, caller, riskOf(LIFE.transactions), ports)).policy.displayId;
    await desk.close();
  });

  it('draws every piece between its dates, with its premium; what ended and the gap stay empty', async () => {
    const { code, out } = await fieldwriter(['timeline', data, number]);
    expect(code).toBe(0);
    expect(out).toBe(
      readFileSync(path.join(import.meta.dirname, 'fixtures/timeline.txt'), 'utf8').replaceAll('NUMBER', number),
    );
  });

  it('draws the policy as it was known on a day', async () => {
    const { out } = await fieldwriter(['timeline', data, number, '--known', '2023-03-01']);
    expect(out.split('\n').filter((line) => /^(Policy|thing . \/ fire)/.test(line))).toEqual([
      `Policy ${number}, as known on 2023-03-01: in force, USD 308.00 (premium 240.00, taxes 24.00, fees 44.00)`,
      'thing 1 / fire   ├────────120.00─────────┤',
      'thing 2 / fire               ├───30.00───┤',
    ]);
    const before = await fieldwriter(['timeline', data, number, '--known', '2022-01-01']);
    expect([before.code, before.problem?.code]).toEqual([1, 'not-found']);
    expect(before.problem?.detail).toContain('issued on 2022-12-20');
  });
});
