const policy = 'products/auto/policy';
const vehicle = `${policy}/exposures/vehicle`;
const json = (value: unknown): string => JSON.stringify(value, null, 2);

/** A small configuration of two products without any defect: one in Liquid, one with plugins. */
export const SOUND: Readonly<Record<string, string>> = {
  'config.json': json({ timezone: 'America/New_York', currency: 'USD' }),
  [`${policy}/policy.json`]: json({
    fields: [
      { name: 'channel', title: 'Channel', type: 'select', values: ['Agent', 'Direct', 'Broker'] },
      { name: 'broker_code', title: 'Broker', type: 'string', regex: '^[A-Z]{3}$', condition: { channel: ['Broker'] } },
      {
        name: 'born',
        title: 'Born',
        type: 'date',
        maximumOffset: { field: 'year', amount: -18, roundToDay: true },
      },
      { name: 'make', title: 'Make', type: 'lookup', table: 'cars' },
      { name: 'model', title: 'Model', type: 'lookup', table: 'cars', match: ['make'] },
    ],
    documents: [{ displayName: 'Schedule', fileName: 'schedule.pdf', templateName: 'schedule.template.liquid' }],
    plugins: { createInstallments: { path: 'main/installments.js', enabled: true } },
  }),
  [`${policy}/schedule.template.liquid`]:
    '<p>\n{% if data.policy.fees %}{{ data.policy.gross_fees | format_number }}{% endif %}\n</p>',
  [`${policy}/fees.json`]: json({
    fees: [
      { name: 'transaction', displayName: 'Transaction' },
      { name: 'plate', displayName: 'Plate' },
    ],
  }),
  [`${policy}/policy.calculations.liquid`]: [
    '{% assign policy_c = data.policy_characteristics %}',
    '{{ policy_c.gross_premium | times: 0.03 | add_fee: "transaction" }}',
    '{{ 10 | add_fee: "plate", "License plate" }}',
  ].join('\n'),
  [`${policy}/underwriting.guidelines.liquid`]: [
    '{% assign policy_v = data.policy.characteristics.last.field_values %}',
    '{{ "accept" | set_underwriting_decision }}',
    '{% for exposure in data.policy.exposures %}',
    '{% if exposure.characteristics.last.field_values.vehicle_value > 100000 %}',
    '{{ "reject" | set_underwriting_decision }}{{ "Too valuable" | add_underwriting_note }}',
    '{% endif %}{% endfor %}',
    '{% if policy_v.channel == "Direct" %}{{ "Direct business" | add_underwriting_note }}{% endif %}',
  ].join('\n'),
  [`${policy}/taxes/taxes.json`]: json({ taxes: [{ displayName: 'State tax', name: 'state' }] }),
  [`${policy}/taxes/state.premium.liquid`]: '{{ data.peril_characteristics.premium | times: 0.05 | set_peril_tax }}',
  [`${vehicle}/exposure.json`]: json({
    name: 'vehicle',
    displayName: 'Vehicle',
    fields: [
      { name: 'vehicle_type', title: 'Type', type: 'select', values: ['Car', 'Truck', 'Van'] },
      { name: 'vehicle_value', title: 'Value', type: 'number', decimalPlaces: 2 },
      { name: 'age', title: 'Age', type: 'number', decimalPlaces: 0 },
    ],
  }),
  [`${vehicle}/perils/collision.json`]: json({ name: 'collision', displayName: 'Collision', deductible: '500' }),
  [`${vehicle}/perils/collision.premium.liquid`]: [
    '{% assign policy_v = data.policy_characteristics.field_values %}',
    '{% assign exp_v = data.exposure_characteristics.field_values %}',
    '{% assign type_factor = "type_factors" | lookup: exp_v.vehicle_type %}',
    '{% assign band = "young" %}{% if exp_v.age >= 25 %}{% assign band = "old" %}{% endif %}',
    '{% assign key = exp_v.vehicle_type | append: "/" | append: band %}',
    '{% assign band_factor = "band_factors" | lookup: key %}',
    '{% assign age_text = exp_v.age | downcase %}',
    '{% assign age_factor = "age_factors" | lookup: age_text %}',
    '{% assign premium = exp_v.vehicle_value | times: type_factor | times: band_factor | times: age_factor %}',
    '{% if policy_v.channel == "Agent" %}{% assign premium = premium | times: 1.1 | round: 2 %}{% endif %}',
    '{{ premium | set_year_premium }}',
  ].join('\n'),
  [`${vehicle}/perils/theft.json`]: json({ name: 'theft', displayName: 'Theft' }),
  [`${vehicle}/perils/theft.premium.liquid`]: '{{ 25 | set_year_premium }}',
  [`${policy}/exposures/trailer/exposure.json`]: json({ name: 'trailer', displayName: 'Trailer' }),
  [`${policy}/exposures/trailer/perils/trailer_theft.json`]: json({ name: 'trailer_theft', displayName: 'Theft' }),
  [`${policy}/exposures/trailer/perils/trailer_theft.premium.liquid`]: '{{ 5 | set_year_premium }}',
  [`${policy}/tables/type_factors.csv`]: 'key,value\nCar,0.01\nTruck,0.02\nVan,0.015\n',
  [`${policy}/tables/band_factors.csv`]:
    'key,value\nCar/young,2\nCar/old,1\nTruck/young,2.5\nTruck/old,1.25\nVan/young,2.2\nVan/old,1.1\n',
  [`${policy}/tables/age_factors.csv`]: 'key,value\n18,1.5\n19,1.4\n20,1.3\n',
  [`${policy}/tables/cars.csv`]: 'make,model\nAudi,A1\nAudi,A4\nFiat,Uno\n',
  [`${policy}/tables/miles.csv`]: 'from,to,rate\n0,5000,0.9\n5001,10000,1\n10001,,1.2\n',
  [`${policy}/tables/miles.schema.json`]: json({
    keys: [{ column: 'from', match: 'range', to: 'to' }],
    values: ['rate'],
  }),
  'products/truck/policy/policy.json': json({
    fields: [{ name: 'use', title: 'Use', type: 'select', values: ['Local', 'Long haul'] }],
    plugins: {
      getPerilRates: { path: 'main/rater.js', enabled: true },
      getUnderwritingResult: { path: 'main/underwriter.js', enabled: true },
    },
  }),
  'products/truck/policy/exposures/truck/exposure.json': json({
    name: 'truck',
    fields: [{ name: 'weight', title: 'Weight', type: 'number', decimalPlaces: 1 }],
  }),
  'products/truck/policy/exposures/truck/perils/damage.json': json({ name: 'damage' }),
  'products/truck/policy/tables/use_factors.csv': 'key,value\nLocal,1.2\nLong haul,1.5\n',
  'scripts/main/installments.js': 'exports.createInstallments = () => ({ installments: [] });\n',
  'scripts/main/lib.js': 'exports.round2 = (value) => Math.round(value * 100) / 100;\n',
  'scripts/main/rater.js': [
    "const { round2 } = require('./lib.js');",
    'function getPerilRates(data) {',
    '  const values = data.policy.characteristics.find((row) => !row.replacedTimestamp).fieldValues;',
    "  const factor = parseFloat(socotraApi.tableLookup(0, 'use_factors', values.use[0]));",
    '  const pricedPerilCharacteristics = {};',
    '  for (const row of data.policyExposurePerils) {',
    '    pricedPerilCharacteristics[row.perilCharacteristicsLocator] = { yearlyPremium: round2(100 * factor) };',
    '  }',
    '  return { pricedPerilCharacteristics };',
    '}',
    'exports.getPerilRates = getPerilRates;',
    '',
  ].join('\n'),
  'scripts/main/underwriter.js': [
    'const getUnderwritingResult = (data) => ({',
    "  decision: data.operation === 'renewal' ? 'none' : 'accept',",
    '  notes: [],',
    '});',
    'module.exports = { getUnderwritingResult };',
    '',
  ].join('\n'),
};
