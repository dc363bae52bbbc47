/** Decides by rules on every location and on the loss history; the worst decision counts: reject, then none, then accept. */
const { PolicyView } = require('./lib/policy-view.js');
const { cents, toAmount } = require('./lib/money.js');
const { locationRules, policyRules } = require('./lib/rules.js');

const WORST_FIRST = ['reject', 'none', 'accept'];

function getUnderwritingResult(data) {
  const policy = new PolicyView(data.policy);
  const losses = policy.group('prior_losses').map((loss) => ({ ...loss, cents: cents(loss.amount) }));
  const findings = [...policyRules({ losses, yearsInBusiness: Number(policy.value('years_in_business')) })];
  let total = 0n;
  for (const exposure of policy.exposures) {
    const row = PolicyView.current(exposure.characteristics).at(-1);
    if (!policy.reachesTheEnd(row)) continue;
    const value = (name) => (row.fieldValues[name] || [])[0];
    total += cents(value('building_value')) + cents(value('contents_value'));
    findings.push(...locationRules({ value, hazards: row.fieldValues.hazards || [], industry: policy.value('industry') }));
  }
  if (total > cents('10000000')) {
    findings.push({ decision: 'none', note: `Total insured value ${toAmount(total)} is above 10,000,000: refer to reinsurance.` });
  }
  return {
    decision: WORST_FIRST.find((decision) => findings.some((finding) => finding.decision === decision)) || 'accept',
    notes: findings.map(({ note }) => note),
  };
}
exports.getUnderwritingResult = getUnderwritingResult;
