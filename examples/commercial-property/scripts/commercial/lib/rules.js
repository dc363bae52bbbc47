const { cents } = require('./money.js');

/** Findings `{decision, note}` on the business as a whole. */
function* policyRules({ losses, yearsInBusiness }) {
  const fires = losses.filter(({ cause }) => cause === 'Fire');
  if (fires.length >= 2) yield { decision: 'reject', note: `${fires.length} fires in the past 5 years.` };
  const paid = losses.reduce((sum, loss) => sum + loss.cents, 0n);
  if (paid > cents('100000')) yield { decision: 'none', note: 'Losses of more than 100,000 in the past 5 years: refer.' };
  if (yearsInBusiness < 3) yield { decision: 'accept', note: 'New venture: survey within 60 days.' };
}

/** Findings on one location. */
function* locationRules({ value, hazards, industry }) {
  const name = value('name');
  const combustible = value('construction') === 'Frame' || value('construction') === 'Joisted masonry';
  if (combustible && Number(value('protection_class')) >= 9) {
    yield { decision: 'reject', note: `${name}: combustible and outside fire protection.` };
  }
  if (hazards.includes('Spray booth') && value('sprinklered') !== 'Yes') {
    yield { decision: 'reject', note: `${name}: a spray booth needs sprinklers.` };
  }
  if (industry === 'Restaurant' && !hazards.includes('Cooking')) {
    yield { decision: 'none', note: `${name}: a restaurant without cooking? Check the hazards.` };
  }
}

module.exports = { policyRules, locationRules };
