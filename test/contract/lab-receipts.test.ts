/** Price receipts (core/lab/receipt/SPEC.md): made on one store, confirmed on another; what was tampered with is found. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PriceReceipt, PublishedComparison, ReceiptConfirmation } from '#core/api/contracts/lab-receipts.ts';
import type { Receipt } from '#core/lab/receipt/contract.ts';
import { sealed } from '#core/lab/receipt/seal.ts';
import { canonicalJson } from '#core/model/json.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { loadConfiguration } from '#core/product/load.ts';
import {
  ACTOR,
  deployExample,
  deployProduct,
  draft,
  exampleRequest,
  openTestWorkbench,
  ROOT,
  SMALL_RISK,
  smallProduct,
  type TestWorkbench,
} from './support.ts';

let here: TestWorkbench;
let there: TestWorkbench;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
/** The product of the plugin reads what another store does not have. */
const READING = smallProduct({
  'policy/policy.json':
    '{"fields":[{"name":"note","title":"Note","type":"string","optional":true}],"plugins":{"getPerilRates":{"path":"rate.js","enabled":true}}}',
  'scripts/rate.js': `exports.getPerilRates = (data) => {
    const holder = socotraApi.fetchByLocator(Policyholder, data.policy.policyholderLocator);
    const value = Number(data.policy.exposures[0].characteristics[0].fieldValues.value[0]);
    const rate = { yearlyPremium: value * 2 + holder.entity.values.last_name[0].length };
    return { pricedPerilCharacteristics: Object.fromEntries(data.policyExposurePerils.map((one) => [one.perilCharacteristicsLocator, rate])) };
  };`,
});

beforeAll(async () => {
  here = await openTestWorkbench();
  there = await openTestWorkbench({ user: 'Grace' });
  await deployProduct(here, 'reading', READING);
  await deployExample(here, 'commercial-property');
  await deployExample(here, 'personal-auto');
  // In another order, by another author, at another time: nothing but the content is the same.
  await deployExample(there, 'personal-auto');
  await deployExample(there, 'commercial-property');
  await deployProduct(there, 'reading', READING);
});

async function priced(opened: TestWorkbench, request: Parameters<typeof draft>[1]): Promise<PolicyResponse> {
  const policy = await draft(opened, request);
  const done = await opened.call<PolicyResponse>('POST', `/policy/${policy.locator}/finalize`);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  return done.body;
}
async function receiptOf(opened: TestWorkbench, of: string): Promise<Receipt> {
  const made = await opened.call<PriceReceipt>('POST', '/api/lab/receipts', { of });
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  return made.body as unknown as Receipt;
}
async function confirm(opened: TestWorkbench, receipt: unknown, more: object = {}): Promise<ReceiptConfirmation> {
  const answer = await opened.call<ReceiptConfirmation>('POST', '/api/lab/receipts/confirm', { receipt, ...more });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}
/** A receipt with something changed, by somebody who leaves the hashes, or who makes them anew. */
function tampered(receipt: Receipt, change: (text: string) => string, resealed: boolean): Receipt {
  const changed = JSON.parse(change(JSON.stringify(receipt))) as Receipt;
  if (!resealed) return changed;
  const { hashes: _h, hash: _, ...body } = changed;
  return sealed(body);
}

describe('a receipt', () => {
  it('PR1, PR2, PR8: made on one store it is confirmed on another, and has the same bytes twice', async () => {
    const policy = await priced(here, exampleRequest('personal-auto', 'golden-new-business'));
    const receipt = await receiptOf(here, policy.locator);
    expect(canonicalJson(await receiptOf(here, policy.locator))).toBe(canonicalJson(receipt));
    expect(receipt.recordedInput).toMatch(/^[0-9a-f]{64}$/);
    expect(await confirm(here, receipt)).toMatchObject({ verdict: 'confirmed' });
    const far = await confirm(there, receipt);
    expect(far).toMatchObject({
      verdict: 'confirmed',
      tampered: [],
      configuration: { from: 'store', changed: [] },
      about: { product: 'personal-auto', operation: 'new_business' },
    });
    expect(far.amounts).toContainEqual({ what: 'gross premium', recorded: '806.51', rated: '806.51' });
  });

  it('PR3: holds nothing that the price does not need: no name, no answer that no step read', async () => {
    const request = exampleRequest('personal-auto', 'accept-just-below');
    const receipt = await receiptOf(here, (await priced(here, request)).locator);
    const text = JSON.stringify(receipt);
    expect(text).not.toMatch(/Marsh|"Ada"/);
    expect(receipt.leftOut).toEqual(['first_name', 'last_name', 'license_suspended_past_3_years', 'state']);
    expect(text).toContain('vehicle_value');
    expect(await confirm(there, receipt)).toMatchObject({ verdict: 'confirmed' });
  });

  it('PR3, PR4: JavaScript that reads unseen, and the store, keeps what it needs and its answers', async () => {
    const commercial = await receiptOf(
      here,
      (
        await priced(here, {
          ...exampleRequest('commercial-property', 'two-locations'),
          policyholder: { values: { last_name: 'Marlow', first_name: 'Ada' } },
        })
      ).locator,
    );
    expect(await confirm(there, commercial)).toMatchObject({ verdict: 'confirmed' });
    const reading = await priced(here, {
      policyholder: { values: { first_name: 'Ada', last_name: 'Marsh', state: 'CA' } },
      policy: { productName: 'reading', ...SMALL_RISK, fieldValues: { note: 'private' } },
    });
    const receipt = await receiptOf(here, reading.locator);
    expect(receipt.answers.reads).toHaveLength(1);
    expect(JSON.stringify(receipt)).not.toContain('private');
    expect(await confirm(there, receipt)).toMatchObject({ verdict: 'confirmed' });
  });

  it('PR5: of an endorsement, in the middle of a history, is confirmed elsewhere too', async () => {
    const policy = await priced(here, exampleRequest('personal-auto', 'golden-new-business'));
    await here.call('POST', `/policy/${policy.locator}/issue`);
    const at = (day: string): string => String(startOfDay(day, 'America/Los_Angeles'));
    const made: string[] = [];
    for (const [day, value] of [
      ['2021-08-08', 12_000],
      ['2021-09-28', 14_000],
    ] as const) {
      const answer = await here.call<{ locator: string }>('POST', `/policies/${policy.locator}/endorsements`, {
        endorsementName: 'standardChange',
        startTimestamp: at(day),
        updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { vehicle_value: value } }],
        state: 'issued',
      });
      made.push(answer.body.locator);
    }
    for (const locator of [made[0] ?? '', made[1] ?? '', policy.locator]) {
      const receipt = await receiptOf(here, locator);
      expect(receipt.leftOut).toContain('license_suspended_past_3_years');
      expect(JSON.stringify(receipt.input)).not.toContain('license_suspended');
      const far = await confirm(there, receipt);
      expect(far, JSON.stringify(far)).toMatchObject({ verdict: 'confirmed' });
    }
  });

  it('refuses what was never priced, and what is no receipt, by member', async () => {
    const unpriced = await draft(here, exampleRequest('personal-auto', 'golden-new-business'));
    expect((await here.call('POST', '/api/lab/receipts', { of: unpriced.locator })).body.code).toBe('wrong-state');
    const wrong = await here.call('POST', '/api/lab/receipts/confirm', { receipt: { format: 'receipt' } });
    expect([wrong.status, wrong.body.detail]).toEqual([400, expect.stringContaining('format')]);
  });
});

describe('a receipt that was tampered with', () => {
  let receipt: Receipt;
  beforeAll(async () => {
    receipt = await receiptOf(here, (await priced(here, exampleRequest('personal-auto', 'accept-just-below'))).locator);
  });
  const value = (text: string): string => text.replaceAll('"vehicle_value":["99999"]', '"vehicle_value":["50000"]');
  const amount = (text: string): string => text.replace('"amount":"2099.98"', '"amount":"1099.98"');

  it('PR6, PR7: a changed input is found by its hash, and by rating when the hashes were changed too', async () => {
    const plain = await confirm(there, tampered(receipt, value, false));
    expect(plain).toMatchObject({ verdict: 'differs', tampered: [{ part: 'input' }] });
    const skilled = await confirm(there, tampered(receipt, value, true));
    expect(skilled).toMatchObject({
      verdict: 'differs',
      tampered: [],
      firstDifference: {
        path: ['vehicle 1', 'third_party_liability'],
        before: expect.stringContaining('vehicle_value is 99999'),
        after: expect.stringContaining('vehicle_value is 50000'),
      },
    });
  });

  it('PR6, PR7: a changed amount is named with what it should be', async () => {
    expect(await confirm(there, tampered(receipt, amount, false))).toMatchObject({ tampered: [{ part: 'result' }] });
    const skilled = await confirm(there, tampered(receipt, amount, true));
    expect(skilled).toMatchObject({ verdict: 'differs', tampered: [] });
    expect(skilled.amounts).toEqual([
      { what: 'vehicle 1, third_party_liability: premium', recorded: '1099.98', rated: '2099.98' },
    ]);
  });

  it('PR9: a changed table is named as a file and as the step that it changes; a store without it says so', async () => {
    const folder = path.join(ROOT, 'examples/personal-auto');
    const { files } = await loadConfiguration({ folder });
    const table = [...files.keys()].find((file) => file.endsWith('personal_auto_vehicle_factors.csv')) ?? '';
    const text = new TextDecoder().decode(files.get(table)).replace(/^Car,.*$/m, 'Car,1.5');
    const other = await openTestWorkbench();
    const changed = await loadConfiguration({ files: new Map([...files, [table, new TextEncoder().encode(text)]]) });
    await deployConfiguration(other.workbench.desk, { actor: ACTOR }, changed);
    expect(await confirm(other, receipt)).toMatchObject({ verdict: 'no-configuration' });
    expect(await confirm(there, receipt, { folder })).toMatchObject({ verdict: 'confirmed' });
    // Never deployed there, but in its repository: found by the commit (PR8).
    const git = 'configurations.git';
    rmSync(path.join(other.folder, git), { recursive: true });
    cpSync(path.join(here.folder, git), path.join(other.folder, git), { recursive: true });
    expect(await confirm(other, receipt)).toMatchObject({ verdict: 'confirmed', configuration: { from: 'store' } });
    const changedFolder = folderOf(changed.files);
    folders.push(changedFolder);
    const zip = await confirm(here, receipt, { folder: changedFolder });
    expect(zip).toMatchObject({
      verdict: 'differs',
      configuration: { from: 'given', changed: [{ path: table, kind: 'changed' }] },
      firstDifference: { after: expect.stringContaining('personal_auto_vehicle_factors for Car says 1.5') },
    });
  });
});

function folderOf(files: ReadonlyMap<string, Uint8Array>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-test-'));
  for (const [file, bytes] of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), bytes);
  }
  return folder;
}

it('PR10: a page that adds wrongly is shown as its first differing step (Brechner, table 19-4)', async () => {
  const fire = (per100: string) => `{% assign sum = data.peril_characteristics.indemnity_in_aggregate %}
{{ "fire_rates" | lookup: "${per100}" | times: sum | divided_by: 100.0 | set_year_premium }}`;
  const peril = (name: string) => `{"name":"${name}","displayName":"${name}","indemnityInAggregate":"0","fields":[]}`;
  await deployProduct(here, 'fire', {
    'policy/policy.json': '{"fields":[]}',
    'policy/exposures/premises/exposure.json': '{"name":"premises","displayName":"Premises","fields":[]}',
    'policy/exposures/premises/perils/building.json': peril('building'),
    'policy/exposures/premises/perils/building.premium.liquid': fire('1 C building'),
    'policy/exposures/premises/perils/contents.json': peril('contents'),
    'policy/exposures/premises/perils/contents.premium.liquid': fire('1 C contents'),
    'policy/tables/fire_rates.csv': 'key,value\n1 C building,0.38\n1 C contents,0.42\n',
  });
  const policy = await priced(here, {
    policy: {
      productName: 'fire',
      exposures: [
        {
          exposureName: 'premises',
          perils: [
            { name: 'building', indemnityInAggregate: '721000' },
            { name: 'contents', indemnityInAggregate: '672000' },
          ],
        },
      ],
    },
  });
  const receipt = await receiptOf(here, policy.locator);
  const published = {
    source: 'Brechner, Contemporary Mathematics, table 19-4, exercise',
    steps: [
      { step: 'building', amount: '2,739.80' },
      { step: 'contents', amount: '2,814.40' },
      { step: 'gross premium', amount: '5554.20' },
    ],
  };
  const { body } = await here.call<PublishedComparison>('POST', '/api/lab/receipts/compare', { receipt, published });
  expect(body.steps.map(({ rated, same }) => [rated, same])).toEqual([
    ['2739.80', true],
    ['2822.40', false],
    ['5562.20', false],
  ]);
  expect(body.firstDiffering).toBe(1);
  expect(body.explanation).toContain('table fire_rates for 1 C contents says 0.42');
});
