import { expect, it } from 'vitest';
import type { DocumentResponse, PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import { deployProduct, draft, openTestWorkbench, smallProduct } from './support.ts';

const at = (date: string): string => String(startOfDay(date, 'America/Los_Angeles'));
const html = (displayName: string, templateName: string, generatingEvent?: string) => ({
  displayName,
  fileName: `${templateName}.html`,
  templateName: `${templateName}.template.liquid`,
  type: 'html',
  ...(generatingEvent ? { generatingEvent } : {}),
});

const PRODUCT = smallProduct({
  'policy/policy.json': JSON.stringify({
    fields: [{ name: 'note', title: 'Note', type: 'string', optional: true }],
    lapse: { gracePeriodDays: 30, reinstatementPeriodDays: 90 },
  }),
  'policy/endorsements.json': JSON.stringify({
    endorsements: [
      {
        name: 'change',
        displayName: 'Change of value',
        reprice: 'always',
        documents: [html('Endorsement', 'endt'), html('Letter', 'letter', 'issue')],
      },
    ],
  }),
  'policy/renewals.json': JSON.stringify({ documents: [html('Renewal', 'renew', 'quote')] }),
  'policy/cancellations.json': JSON.stringify({
    cancellationTypes: [
      {
        name: 'sold',
        title: 'Sold',
        documents: [html('Confirmation', 'gone')],
        reinstatement: { documents: [html('Back', 'back')] },
      },
    ],
  }),
  'policy/exposures/thing/perils/loss.premium.liquid':
    '{{ data.exposure_characteristics.field_values.value | set_year_premium }}',
  'policy/endt.template.liquid':
    '<p>{{ data.endorsement.name }}: {% for e in data.endorsement.policy_updates.updated_exposures %}{{ e.name }} {{ e.updated_field_values.value.old_value }} to {{ e.updated_field_values.value.new_value }}{% endfor %}; {{ data.endorsement.price.premium_change }}; gross {{ data.policy.characteristics.last.gross_premium }}</p>',
  'policy/letter.template.liquid': '<p>Issued {{ data.policy.modifications.last.name }}</p>',
  'policy/renew.template.liquid':
    '<p>Until {{ data.renewal.end_timestamp | timestamp_millis_print: "yyyy-MM-dd" }}, {{ data.policy.characteristics.last.gross_premium }}</p>',
  'policy/gone.template.liquid': '<p>{{ data.cancellation.title }} {{ data.cancellation.price.total_change }}</p>',
  'policy/cancellation.template.liquid':
    '<p>Cancelled from {{ data.cancellation.effective_timestamp | timestamp_millis_print: "yyyy-MM-dd" }}</p>',
  'policy/lapse.template.liquid':
    '<p>Lapsed; reinstate until {{ data.lapse.reinstatement_period_end_timestamp | timestamp_millis_print: "yyyy-MM-dd" }}</p>',
  'policy/back.template.liquid':
    '<p>Back from {{ data.reinstatement.effective_timestamp | timestamp_millis_print: "yyyy-MM-dd" }}</p>',
});

it('makes the documents of every transaction, with what it changed', async () => {
  const opened = await openTestWorkbench({ documents: 'produce' });
  await deployProduct(opened, 'through-time', PRODUCT);
  const made = await draft(opened, {
    policy: {
      productName: 'through-time',
      policyStartTimestamp: at('2026-01-01'),
      policyEndTimestamp: at('2027-01-01'),
      exposures: [{ exposureName: 'thing', fieldValues: { value: 1_200 }, perils: [{ name: 'loss' }] }],
    },
  });
  await opened.call('POST', `/policy/${made.locator}/finalize`);
  const { body: policy } = await opened.call<PolicyResponse>('POST', `/policy/${made.locator}/issue`);
  const exposureLocator = policy.exposures[0]?.locator;
  const step = async (method: string, path: string, body?: object) => {
    const { status, body: answer } = await opened.call<{ locator: string; documents: DocumentResponse[] }>(
      method,
      path,
      body,
    );
    expect([path, status]).toEqual([path, 200]);
    const texts: Record<string, string> = {};
    for (const { displayName, type, url } of answer.documents) {
      const bytes = await opened.raw(url ?? '', { headers: { authorization: 'Bearer the-token-of-this-test' } });
      texts[displayName] =
        type === 'pdf' ? (await bytes.text()).slice(0, 5) : ((await bytes.text()).match(/<p>(.*?)<\/p>/)?.[1] ?? '');
    }
    return { locator: answer.locator, texts };
  };

  const endorsement = await step('POST', `/policies/${policy.locator}/endorsements`, {
    endorsementName: 'change',
    startTimestamp: at('2026-07-01'),
    updateExposures: [{ exposureLocator, fieldValues: { value: 2_400 } }],
    state: 'accepted',
  });
  expect(endorsement.texts).toEqual({ Endorsement: 'Change of value: thing 1200 to 2400; 600.00; gross 1800.00' });
  const issued = await step('PATCH', `/endorsements/${endorsement.locator}/issue`);
  expect(issued.texts).toMatchObject({ Letter: 'Issued change' });

  const renewal = await step('POST', `/policies/${policy.locator}/renewals`, { state: 'quoted' });
  expect(renewal.texts).toEqual({ Renewal: 'Until 2028-01-01, 2400.00' });

  const cancellation = await step('POST', `/policies/${policy.locator}/cancellations`, {
    name: 'sold',
    effectiveTimestamp: at('2026-10-01'),
    issue: true,
  });
  expect(cancellation.texts).toEqual({ Confirmation: 'Sold -600.00', Cancellation: '%PDF-' });
  const back = await step('PATCH', `/cancellations/${cancellation.locator}/reinstate`, { issue: true });
  expect(back.texts).toEqual({ Back: 'Back from 2026-10-01' });
  const lapse = await step('POST', `/policies/${policy.locator}/cancellations`, {
    name: 'lapse',
    effectiveTimestamp: at('2026-11-01'),
    issue: true,
  });
  expect(lapse.texts).toEqual({ Lapse: '%PDF-' });
});
