/** One year's amount of each cover, in cents. */
const { cents, multiply } = require('./money.js');
const { factor } = require('./tables.js');

const PER_HUNDRED = '0.01';
const SPRINKLER_CREDIT = '0.80';
const HAZARD_FACTORS = { Cooking: '1.10', 'Spray booth': '1.35', 'Flammable liquids': '1.25', 'Cold storage': '1.05' };
const INDEMNITY_FACTORS = { 6: '0.60', 12: '1.00', 18: '1.25' };

const COVERS = {
  building: (risk) => property(risk, 'building', risk.location('building_value')),
  contents: (risk) => property(risk, 'contents', risk.location('contents_value')),
  business_income: (risk) =>
    multiply(
      cents(risk.location('annual_income') || '0'),
      PER_HUNDRED,
      factor('commercial_rates', risk.industry, 'income'),
      INDEMNITY_FACTORS[risk.cover('months_of_indemnity')],
      ...hazards(risk),
    ),
  equipment_breakdown: () => cents('185'),
};

function property(risk, cover, value) {
  return multiply(
    cents(value),
    PER_HUNDRED,
    factor('commercial_rates', risk.industry, cover),
    factor('commercial_construction_factors', risk.location('construction'), risk.location('protection_class')),
    factor('commercial_deductible_factors', risk.deductible),
    risk.location('sprinklered') === 'Yes' ? SPRINKLER_CREDIT : '1',
    ...hazards(risk),
  );
}

function hazards(risk) {
  return risk.hazards.map((hazard) => HAZARD_FACTORS[hazard]);
}

function coverRate(risk) {
  const cover = COVERS[risk.peril];
  if (!cover) throw `There is no rate for the cover "${risk.peril}"`;
  return cover(risk);
}

module.exports = { coverRate };
