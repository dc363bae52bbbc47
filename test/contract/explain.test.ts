import { describe, expect, it } from 'vitest';
import type { PricePreview } from '#core/api/contract.ts';
import type { NearestAnswer } from '#core/api/contracts/explain.ts';
import { startRater } from './rater-support.ts';
import {
  deployExample,
  deployProduct,
  exampleRequest,
  openTestWorkbench,
  SMALL_RISK,
  smallProduct,
  TOKEN,
} from './support.ts';

/** Accepts what costs at most 200 a year. */
const BY_PRICE = smallProduct({
  'policy/exposures/thing/perils/loss.premium.liquid':
    '{{ data.exposure_characteristics.field_values.value | times: 2 | set_year_premium }}',
  'policy/underwriting.guidelines.liquid': `{{ "accept" | set_underwriting_decision }}
{% if data.policy.characteristics.last.gross_premium > 200 %}{{ "reject" | set_underwriting_decision }}{% endif %}`,
});
/** Wants a deductible of more than 900; there are rates for 500, 1000 and 2000 only. */
const BY_DEDUCTIBLE = smallProduct({
  'policy/exposures/thing/perils/loss.json': '{"name":"loss","displayName":"Loss","deductible":"1000","fields":[]}',
  'policy/exposures/thing/perils/loss.premium.liquid': `{% assign key = data.peril_characteristics.deductible | round | downcase %}
{{ "deductible_rates" | lookup: key | plus: 0 | set_year_premium }}`,
  'policy/tables/deductible_rates.csv': 'key,value\n500,120\n1000,100\n2000,80\n',
  'policy/underwriting.guidelines.liquid': `{{ "accept" | set_underwriting_decision }}
{% for e in data.policy.exposures %}{% for p in e.perils %}{% if p.characteristics.last.deductible <= 900 %}
{{ "reject" | set_underwriting_decision }}{% endif %}{% endfor %}{% endfor %}`,
});
/** Rejects theft, and asks for a reason where the use is business. */
const COVERS = smallProduct({
  'policy/policy.json': JSON.stringify({
    fields: [
      { name: 'use', title: 'Use', type: 'select', values: ['private', 'business'] },
      { name: 'trade', title: 'Trade', type: 'string', condition: { use: ['business'] } },
    ],
  }),
  'policy/exposures/thing/perils/theft.json': '{"name":"theft","displayName":"Theft","fields":[]}',
  'policy/exposures/thing/perils/theft.premium.liquid': '{{ 60 | set_year_premium }}',
  'policy/underwriting.guidelines.liquid': `{{ "accept" | set_underwriting_decision }}
{% for e in data.policy.exposures %}{% for p in e.perils %}{% if p.name == "theft" and use == "business" %}
{{ "reject" | set_underwriting_decision }}{% endif %}{% endfor %}{% endfor %}`,
});

describe('POST /api/products/{name}/nearest', async () => {
  const opened = await openTestWorkbench();
  for (const example of ['homeowners', 'commercial-property']) await deployExample(opened, example);
  await deployProduct(opened, 'by-price', BY_PRICE);
  await deployProduct(opened, 'by-deductible', BY_DEDUCTIBLE);
  await deployProduct(opened, 'covers', COVERS);
  await deployProduct(opened, 'open', smallProduct());
  const ask = async (product: string, request: object): Promise<NearestAnswer> => {
    const answer = await opened.call<NearestAnswer>('POST', `/api/products/${product}/nearest`, request);
    expect([answer.status, answer.body]).toEqual([200, answer.body]);
    return answer.body;
  };
  const price = async (product: string, request: object): Promise<PricePreview> =>
    (await opened.call<PricePreview>('POST', `/api/products/${product}/price`, request)).body;
  const brief = ({ proposals }: NearestAnswer): unknown =>
    proposals.map(({ changes }) => changes.map(({ path, to, kind }) => [path, to.join(), kind]));
  const home = (losses: number, limit: number) => {
    const { policyholder, policy } = exampleRequest('homeowners', 'reject-losses');
    const exposures = [
      {
        exposureName: 'dwelling',
        fieldValues: { limit, roof_age: 5 },
        perils: [{ name: 'all_risks', deductible: 500 }],
      },
    ];
    return {
      policyholder,
      policy: { ...policy, fieldValues: { occupancy: 'Owner', losses_past_3_years: losses }, exposures },
    };
  };

  it('N3, N6: proposes the constant that a value is compared with; a limit is an offer', async () => {
    const answer = await ask('homeowners', home(1, 800_000));
    expect(answer).toMatchObject({ decision: 'reject', currency: 'USD', exhausted: true });
    expect(brief(answer)).toEqual([[['exposures[0].limit', '750000', 'offer']]]);
    expect(answer.proposals[0]?.changes[0]).toMatchObject({
      from: ['800000'],
      label: 'Dwelling · Limit on the dwelling (USD)',
    });
  });

  it('N20, N21: a proposal is accepted when it is asked for, at the price it says', async () => {
    const [before, after] = await Promise.all([
      price('homeowners', home(1, 800_000)),
      price('homeowners', home(1, 750_000)),
    ]);
    const [proposal] = (await ask('homeowners', home(1, 800_000))).proposals;
    expect([before.underwriting?.decision, after.underwriting?.decision]).toEqual(['reject', 'accept']);
    expect(proposal?.total).toBe(after.price?.total);
    expect(Number(proposal?.difference)).toBeCloseTo(Number(after.price?.total) - Number(before.price?.total), 6);
    expect(Number(proposal?.difference)).toBeLessThan(0);
  });

  it('N11: two reasons need two changes', async () => {
    expect(brief(await ask('homeowners', home(3, 800_000)))).toEqual([
      [
        ['losses_past_3_years', '2', 'fact'],
        ['exposures[0].limit', '750000', 'offer'],
      ],
    ]);
  });

  it('N1, N4: works for decisions of scripts', async () => {
    const answer = await ask('commercial-property', exampleRequest('commercial-property', 'spray-booth'));
    expect(brief(answer)).toEqual([
      [['exposures[0].sprinklered', 'Yes', 'fact']],
      [['exposures[0].hazards', 'Flammable liquids', 'fact']],
    ]);
    for (const { total } of answer.proposals) expect(Number(total)).toBeGreaterThan(0);
  });

  it('N5, N7: a cover may be left out; what a change hides is not given any more', async () => {
    const thing = { ...SMALL_RISK.exposures[0], perils: [{ name: 'loss' }, { name: 'theft' }] };
    const request = {
      policy: { productName: 'covers', fieldValues: { use: 'business', trade: 'Smith' }, exposures: [thing] },
    };
    const answer = await ask('covers', request);
    expect(brief(answer)).toEqual([[['use', 'private', 'fact']], [['exposures[0].perils.theft', '', 'offer']]]);
    expect(answer.proposals.map(({ difference }) => difference)).toEqual(['0.00', '-60.00']);
  });

  it('N1: rules that read the price let every field count', async () => {
    const request = {
      policy: { productName: 'by-price', exposures: [{ ...SMALL_RISK.exposures[0], fieldValues: { value: 250 } }] },
    };
    const answer = await ask('by-price', request);
    expect(answer.proposals[0]).toMatchObject({
      changes: [{ path: 'exposures[0].value', to: ['100'] }],
      difference: '-300.00',
    });
  });

  it('N20: what has no rate is not proposed', async () => {
    const thing = { ...SMALL_RISK.exposures[0], perils: [{ name: 'loss', deductible: 500 }] };
    const answer = await ask('by-deductible', { policy: { productName: 'by-deductible', exposures: [thing] } });
    expect(brief(answer)).toEqual([[['exposures[0].perils.loss.deductible', '1000', 'offer']]]);
  });

  it('N23: nothing is searched for what is accepted, has no gate, or is wrong', async () => {
    expect(await ask('homeowners', home(0, 91_000))).toMatchObject({
      decision: 'accept',
      proposals: [],
      evaluations: 0,
    });
    const open = await ask('open', { policy: { productName: 'open', ...SMALL_RISK } });
    expect(open).toMatchObject({ proposals: [], evaluations: 0, fieldErrors: [] });
    expect(open).not.toHaveProperty('decision');
    const wrong = await ask('homeowners', home(-1, 800_000));
    expect(wrong).toMatchObject({ proposals: [], evaluations: 0, fieldErrors: [{ fieldName: 'losses_past_3_years' }] });
    expect((await opened.call('POST', '/api/products/none/nearest', home(1, 1))).status).toBe(404);
    expect((await opened.call('POST', '/api/products/open/nearest', { policy: 1 })).status).toBe(400);
  });

  it('N22: stores nothing', async () => {
    const types = ['policy', 'quote', 'policyholder', 'worksheet'] as const;
    const count = () => types.map((type) => opened.workbench.desk.store.list(type).length);
    const before = count();
    await ask('homeowners', home(1, 800_000));
    expect(count()).toEqual(before);
  });

  it('N14: who hangs up ends the search', async () => {
    const gone = new AbortController();
    const waiting = opened.raw('/api/products/commercial-property/nearest', {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(exampleRequest('commercial-property', 'reject-two-fires')),
      signal: gone.signal,
    });
    gone.abort();
    const answer = (await (await waiting).json()) as NearestAnswer;
    expect(answer).toMatchObject({ decision: 'reject', evaluations: 0, exhausted: false });
  });
});

describe('a product that a service outside prices', async () => {
  const rater = await startRater();
  const opened = await openTestWorkbench();
  const rated = (guidelines: string) =>
    smallProduct({
      'policy/policy.json': JSON.stringify({ fields: [], externalRater: 'my-rater' }),
      'policy/underwriting.guidelines.liquid': `{{ "accept" | set_underwriting_decision }}${guidelines}`,
    });
  const reject = '{{ "reject" | set_underwriting_decision }}{% endif %}';
  await deployProduct(opened, 'by-value', rated(`{% if value > 5 %}${reject}`));
  await deployProduct(
    opened,
    'by-premium',
    rated(`{% if data.policy.characteristics.last.gross_premium > 1 and value > 5 %}${reject}`),
  );
  await opened.call('POST', '/integrations', { name: 'my-rater', url: `${rater.address}/rate` });
  const ask = async (productName: string): Promise<NearestAnswer> => {
    rater.asked.length = 0;
    const exposures = [{ ...SMALL_RISK.exposures[0], fieldValues: { value: 900 } }];
    const request = { policy: { productName, exposures } };
    return (await opened.call<NearestAnswer>('POST', `/api/products/${productName}/nearest`, request)).body;
  };

  it('N22: is not asked while searching, only for the risk as it is and for each proposal', async () => {
    const answer = await ask('by-value');
    expect(answer.proposals).toMatchObject([{ changes: [{ to: ['5'] }], total: '120.00', difference: '0.00' }]);
    expect(answer.evaluations).toBeGreaterThan(1);
    expect(rater.asked.length).toBe(2);
  });

  it('N22: is asked at most 30 times more where the rules read its prices', async () => {
    const answer = await ask('by-premium');
    expect(answer.proposals).toMatchObject([{ changes: [{ to: ['5'] }] }]);
    expect(answer.evaluations).toBeLessThanOrEqual(30);
    expect(rater.asked.length).toBe(answer.evaluations + 2);
  });
});
