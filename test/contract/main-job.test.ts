import { describe, expect, it } from 'vitest';
import type { PolicyWorksheets } from '#core/api/contract.ts';
import type { InvoiceResponse, PolicyResponse } from '#core/model/policy.ts';
import type { Replay } from '#core/policy/replay.ts';
import { deployExample, draft, exampleRequest, type Mount, openTestWorkbench, type TestWorkbench } from './support.ts';

const GOLDEN = exampleRequest('personal-auto', 'golden-new-business');

describe.each<Mount>(['function', 'socket'])('the main job over the %s', (mount) => {
  let opened: TestWorkbench;
  let policy: PolicyResponse;

  it('saves a draft with all that was given and the defaults of the product', async () => {
    opened = await openTestWorkbench({ mount, documents: 'produce' });
    await deployExample(opened, 'personal-auto');
    policy = await draft(opened, GOLDEN);
    const [row] = policy.characteristics;
    expect(row?.fieldValues).toMatchObject({ channel: ['Agent'] });
    expect(row?.policyStartTimestamp).toBe('1624863600000');
    expect(policy.exposures[0]?.characteristics[0]?.fieldValues.vehicle_value).toEqual(['10000']);
    expect(policy.quoteSummary?.notDiscarded).toEqual([
      { locator: policy.quoteLocator, name: 'Quote 1', state: 'draft' },
    ]);
    expect(row?.grossPremium).toBe('0.00');
    expect(policy.invoices).toEqual([]);
  });

  it('previews price, decision and invoices and saves nothing of them', async () => {
    const { locator } = policy;
    const price = await opened.call<Record<string, unknown>>('GET', `/policy/${locator}/price`);
    expect(price.body).toMatchObject({
      grossPremium: '806.51',
      grossTaxes: '74.62',
      grossFees: '34.20',
      total: '915.33',
    });
    const decision = await opened.call<{ decision: string }>('GET', `/policy/${locator}/automatedUnderwritingResult`);
    expect(decision.body.decision).toBe('accept');
    const invoices = await opened.call<InvoiceResponse[]>('GET', `/policy/${locator}/checkInvoices`);
    expect(invoices.body.map(({ totalDue }) => totalDue)).toEqual(['915.33']);
    const after = await opened.call<PolicyResponse>('GET', `/policy/${locator}`);
    expect(after.body).toEqual(policy);
  });

  it('finalizes: the golden amounts, the decision on the modification, one invoice, the documents', async () => {
    const done = await opened.call<PolicyResponse>('POST', `/policy/${policy.locator}/finalize`);
    expect(done.status).toBe(200);
    policy = done.body;
    const perils = policy.exposures[0]?.perils.map(({ name, characteristics: [row] }) => [
      name,
      row?.premium,
      row?.monthPremium,
      row?.technicalPremium,
    ]);
    expect(perils).toEqual([
      ['third_party_liability', '210.00', '17.5000', '168.00'],
      ['bodily_injury', '259.00', '21.5833', '207.20'],
      ['collision', '119.00', '9.9167', '95.20'],
      ['comprehensive', '155.00', '12.9167', '124.00'],
      ['roadside_service', '25.00', '2.0833', '20.00'],
      ['underinsured_motorist', '29.90', '2.4917', '23.92'],
      ['uninsured_motorist', '8.61', '0.7175', '6.89'],
    ]);
    expect(policy.characteristics[0]).toMatchObject({ grossPremium: '806.51', grossTaxes: '74.62' });
    expect(policy.grossFees).toBe('34.20');
    expect(policy.modifications[0]?.automatedUnderwritingResult?.decision).toBe('accept');
    expect(policy.modifications[0]?.premiumChange).toBe('806.51');
    expect(policy.invoices.map(({ totalDue, settlementStatus }) => [totalDue, settlementStatus])).toEqual([
      ['915.33', 'outstanding'],
    ]);
    expect(policy.documents.map(({ displayName, type }) => [displayName, type])).toEqual([['Quote schedule', 'pdf']]);
  });

  it('serves the documents as PDF without any power in the browser', async () => {
    const response = await opened.raw(`/api/documents/${policy.documents[0]?.locator}`, {
      headers: { authorization: 'Bearer the-token-of-this-test' },
    });
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(new TextDecoder().decode((await response.arrayBuffer()).slice(0, 5))).toBe('%PDF-');
  });

  it('keeps the worksheet of price and decision, and replays them byte for byte', async () => {
    const sheets = await opened.call<PolicyWorksheets>('GET', `/api/policies/${policy.locator}/worksheets`);
    expect(JSON.stringify(sheets.body.pricing)).toContain('set_year_premium');
    expect(JSON.stringify(sheets.body.underwriting)).toContain('set_underwriting_decision');
    const replay = await opened.call<Replay>('POST', `/api/policies/${policy.locator}/replay`);
    expect(replay.body).toMatchObject({ same: true, differences: [] });
  });

  it('issues once, under a number of this device', async () => {
    const issued = await opened.call<PolicyResponse>('POST', `/policy/${policy.locator}/issue`);
    expect(issued.body.issuedTimestamp).toMatch(/^\d+$/);
    expect(issued.body.displayId).toMatch(/^2\d{8}$/);
    expect(issued.body.invoices[0]?.transactionIssued).toBe(true);
    const byNumber = await opened.call<PolicyResponse>('GET', `/policy/${issued.body.displayId}`);
    expect(byNumber.body.locator).toBe(policy.locator);
    const again = await opened.call('POST', `/policy/${policy.locator}/issue`);
    expect([again.status, again.body.code]).toEqual([409, 'wrong-state']);
    const replay = await opened.call<Replay>('POST', `/api/policies/${policy.locator}/replay`);
    expect(replay.body.same).toBe(true);
  });

  it('shows nothing more to do to what is issued', async () => {
    for (const action of ['finalize', 'discard', 'update']) {
      const refused = await opened.call('POST', `/policy/${policy.locator}/${action}`, {});
      expect([action, refused.status]).toEqual([action, 409]);
    }
  });

  it('leaves a store that verifies', async () => {
    const report = await opened.workbench.desk.store.verify();
    expect(report).toMatchObject({ ok: true, faults: [] });
  });
});
