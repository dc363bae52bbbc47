/** One month: by the age curve, where at most the three oldest children count, or by New York's tiers. */
const { PRODUCT, ROUND, SUM } = require('spreadsheet');
const { eachRisk } = require('./risks.js');

const ADULT = 21;
const CHILDREN_THAT_COUNT = 3;
const TIERS = { single: '1', couple: '2', parent: '1.70', family: '2.85', child: '.412' };

function curve(ages) {
  const children = ages.filter((age) => age < ADULT).sort((a, b) => b - a);
  const counted = [...ages.filter((age) => age >= ADULT), ...children.slice(0, CHILDREN_THAT_COUNT)];
  return SUM(counted.map((age) => socotraApi.tableLookup(0, 'health_age_curve', age)));
}

function tier(ages) {
  const adults = ages.filter((age) => age >= ADULT).length;
  const children = ages.length > adults;
  if (adults === 0) return TIERS.child;
  if (adults === 1) return children ? TIERS.parent : TIERS.single;
  return children ? TIERS.family : TIERS.couple;
}

exports.getPerilRates = (data) =>
  eachRisk(data, (household, all) => {
    const ages = all.ages.map(Number);
    return ROUND(PRODUCT(household.base, household.rating === 'Age curve' ? curve(ages) : tier(ages)), 2);
  });
