/**
 * Rates every listed peril of a commercial property policy in one call, so that the policy's minimum premium can be shared out
 * over all of them.
 */
const { PolicyView } = require('./lib/policy-view.js');
const { cents, toAmount, multiply } = require('./lib/money.js');
const { coverRate } = require('./lib/covers.js');
const { raiseToMinimum } = require('./lib/minimum-premium.js');

/** Least premium of a year for the whole policy, in cents. */
const MINIMUM_PREMIUM = cents('1500');
/** Losses and expenses that the rate stands for. */
const TECHNICAL_SHARE = '0.72';
const COMMISSION_SHARE = '0.125';

function getPerilRates(data) {
  const policy = new PolicyView(data.policy);
  const priced = data.policyExposurePerils.map((triple) => {
    const risk = policy.risk(triple);
    return { locator: triple.perilCharacteristicsLocator, amount: coverRate(risk) };
  });
  const raised = raiseToMinimum(priced, MINIMUM_PREMIUM);
  if (raised.raisedBy > 0n) console.log(`Minimum premium: raised by ${toAmount(raised.raisedBy)}`);

  const producer = policy.value('producer') || 'House account';
  const pricedPerilCharacteristics = {};
  for (const { locator, amount } of raised.items) {
    pricedPerilCharacteristics[locator] = {
      yearlyPremium: toAmount(amount),
      yearlyTechnicalPremium: toAmount(multiply(amount, TECHNICAL_SHARE)),
      commissions: [{ recipient: producer, yearlyAmount: toAmount(multiply(amount, COMMISSION_SHARE)) }],
    };
  }
  return { pricedPerilCharacteristics };
}
exports.getPerilRates = getPerilRates;
