import { describe, expect, it } from 'vitest';
import type { PricePreview } from '#core/api/contract.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { PolicyQuoteResponse } from '#core/model/quote-response.ts';
import { deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct } from './support.ts';

/** What a comparison of quotes stands on: each quote's own values and amounts, and where a change of the risk goes. */
describe('the quotes of a risk', async () => {
  const opened = await openTestWorkbench();
  await deployProduct(
    opened,
    'small',
    smallProduct({
      'policy/exposures/thing/perils/loss.premium.liquid':
        '{{ data.exposure_characteristics.field_values.value | times: 100 | set_year_premium }}',
    }),
  );
  const patch = async (quote: string | undefined, action: string, body: object = {}) => {
    const path = `/quotes/${quote}${action && `/${action}`}`;
    return (await opened.call<PolicyQuoteResponse>('PATCH', path, body)).body;
  };
  const list = async (policy: PolicyResponse) =>
    (await opened.call<PolicyQuoteResponse[]>('GET', `/policies/${policy.locator}/quotes`)).body;
  const insuredValue = (quote: PolicyQuoteResponse | undefined) =>
    quote?.exposures[0]?.characteristics[0]?.fieldValues.value?.[0];
  const two = async () => {
    const policy = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    const path = `/quotes/${policy.quoteLocator}/createNew`;
    const copy = (await opened.call<PolicyQuoteResponse>('POST', path, { name: 'Other' })).body;
    return { policy, copy };
  };

  it('keep their own values: a change of the risk goes to the one that is selected', async () => {
    const { policy, copy } = await two();
    await patch(copy.locator, 'select');
    const shown = (await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`)).body;
    const changed = await opened.call('POST', `/policy/${policy.locator}/update`, {
      updateExposures: [{ exposureLocator: shown.exposures[0]?.locator, fieldValues: { value: 3 } }],
    });
    expect(changed.status).toBe(200);
    expect((await list(policy)).map((quote) => [quote.name, insuredValue(quote)])).toEqual([
      ['Quote 1', '1'],
      ['Other', '3'],
    ]);
  });

  it('a draft costs what its values cost when they are asked for; a locked one keeps its amounts', async () => {
    const { policy, copy } = await two();
    await patch(policy.quoteLocator, 'quote');
    const [locked, open] = await list(policy);
    expect(locked?.characteristics?.grossPremium).toBe('100.00');
    // A quote that was never priced says 0.00 (formats §2.4): its covers have no premium, which tells the two apart.
    const premiumOf = (quote: PolicyQuoteResponse | undefined) =>
      quote?.exposures[0]?.perils[0]?.characteristics[0]?.premium;
    expect([locked, open].map(premiumOf)).toEqual(['100.00', undefined]);
    const asked = await opened.call<PricePreview>('POST', '/api/products/small/price', {
      policy: { productName: 'small', ...SMALL_RISK },
    });
    expect(asked.body.price?.total).toBe('100.00');
    const price = await opened.call<{ grossPremium: string }>('GET', `/quotes/${copy.locator}/price`);
    expect(price.body.grossPremium).toBe('100.00');
  });

  it('are renamed while they are drafts, not afterwards', async () => {
    const { copy } = await two();
    expect((await patch(copy.locator, '', { name: 'Cheaper' })).name).toBe('Cheaper');
    await patch(copy.locator, 'quote');
    const refused = await opened.call('PATCH', `/quotes/${copy.locator}`, { name: 'Dearer' });
    expect([refused.status, refused.body.code]).toEqual([409, 'wrong-state']);
  });

  it('come back as a draft copy when they were discarded', async () => {
    const { policy, copy } = await two();
    await patch(copy.locator, 'discard');
    await opened.call('POST', `/quotes/${copy.locator}/createNew`, { name: copy.name });
    expect((await list(policy)).map(({ name, state }) => [name, state])).toEqual([
      ['Quote 1', 'draft'],
      ['Other', 'discarded'],
      ['Other', 'draft'],
    ]);
  });
});
