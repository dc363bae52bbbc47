import { expect, test } from 'vitest';
import type { JsonObject } from '#core/model/json.ts';
import { effects } from './testing.ts';

// The formulas behind the golden vectors (formats §13), written as product authors write them.
const head = `{% assign policy_v = data.policy_characteristics.field_values %}
{% assign exp_v = data.exposure_characteristics.field_values %}
`;
const tail = `
{{ premium | set_year_premium }}
{{ premium | times: 0.8 | set_year_technical_premium }}`;
const direct = `{% if policy_v.channel == 'Direct' %}{% assign premium = premium | times: 0.75 %}{% elsif policy_v.channel == 'Agent' %}{% assign premium = premium | times: 0.9 %}{% endif %}`;
const claims = `{% unless policy_v.atfault_claims_past_5_years == 'None' %}{% assign premium = premium | times: 1.25 %}{% endunless %}`;
const formulas: Readonly<Record<string, string>> = {
  third_party_liability: `{% assign premium = exp_v.vehicle_value | times: 0.021 %}${claims}`,
  bodily_injury: `{% assign premium = exp_v.vehicle_value | times: 0.0259 | round %}${claims}`,
  collision: `{% assign premium = exp_v.vehicle_value | times: 0.0119 | round %}${claims}`,
  comprehensive: '{% assign premium = 6000 | times: 0.0259 | round %}',
  roadside: '{% assign premium = 25 %}',
  underinsured_motorist: `{% assign premium = 37.33 | times: 0.89 %}${direct}`,
  uninsured_motorist: '{% assign premium = 19.88 | times: 1.4444 | times: 0.30 %}',
};
const data = (vehicleValue: number): JsonObject => ({
  policy_characteristics: { field_values: { channel: 'Agent', atfault_claims_past_5_years: 'None' } },
  exposure_characteristics: { field_values: { vehicle_value: vehicleValue, vehicle_type: 'Car' } },
});

test.each([
  ['third_party_liability', 10_000, '210', '168'],
  ['bodily_injury', 10_000, '259', '207.2'],
  ['collision', 10_000, '119', '95.2'],
  ['comprehensive', 10_000, '155', '124'],
  ['roadside', 10_000, '25', '20'],
  ['underinsured_motorist', 10_000, '29.90133', '23.921064'],
  ['uninsured_motorist', 10_000, '8.6144016', '6.89152128'],
  ['bodily_injury', 12_000, '311', '248.8'],
  ['collision', 8_000, '95', '76'],
])('L50 %s of a car worth %i costs %s a year', (peril, vehicleValue, premium, technical) => {
  expect(effects(head + formulas[peril] + tail, data(vehicleValue))).toEqual([
    ['set_year_premium', premium],
    ['set_year_technical_premium', technical],
  ]);
});

test('L66 taxes and fees of the golden vectors', () => {
  const tax = '{{ data.peril_characteristics.premium | times: 0.0925 | round: 2 | set_peril_tax }}';
  const taxes = ['210.00', '259.00', '119.00', '155.00', '25.00', '29.90', '8.61'].map((premium) =>
    effects(tax, { peril_characteristics: { premium: { $decimal: premium } } }),
  );
  expect(taxes.flat()).toEqual(
    ['19.43', '23.96', '11.01', '14.34', '2.31', '2.77', '0.8'].map((amount) => ['set_peril_tax', amount]),
  );
  const fees = `{% assign c = data.policy.characteristics.last %}
{{ c.gross_premium | times: 0.03 | round: 2 | add_fee: "transaction", "3 %" }}{{ 10 | add_fee: "underwriting" }}`;
  expect(effects(fees, { policy: { characteristics: [{ gross_premium: { $decimal: '806.51' } }] } })).toEqual([
    ['add_fee', '24.2'],
    ['add_fee', '10'],
  ]);
});
