/**
 * What the example rater charges. A request lists, by three locators each, the peril rows that need a price; everything else
 * about them stands in `policy`, where it is found by those locators. All numbers and timestamps arrive as text.
 */

const DAY = 24 * 60 * 60 * 1000;
const DEAREST = 100_000;

/** @returns the answer to a pricing request: prices by peril row, or an exceptionMessage that the underwriter will read */
export function price(request) {
  const find = joined(request.policy);
  const pricedPerilCharacteristics = {};
  for (const listed of request.policyExposurePerils) {
    const { policyRow, exposureRow, peril, perilRow } = find(listed);
    const value = Number(exposureRow.fieldValues.vehicle_value?.[0] ?? 0);
    if (value > DEAREST)
      return { exceptionMessage: `Vehicles worth more than ${DEAREST} are priced by hand: call the motor desk.` };
    const rate = RATES[peril.name];
    if (!rate) return { exceptionMessage: `There is no rate for ${peril.name}.` };
    const channel = policyRow.fieldValues.channel?.[0];
    pricedPerilCharacteristics[listed.perilCharacteristicsLocator] = rate({ value, channel, perilRow });
  }
  return { pricedPerilCharacteristics };
}

/** Finds what the three locators of a listed row name: the policy's row, the exposure's row, the peril and its row. */
function joined(policy) {
  const policyRows = new Map(policy.characteristics.map((row) => [row.locator, row]));
  const exposureRows = new Map(
    policy.exposures.flatMap((exposure) => exposure.characteristics.map((row) => [row.locator, row])),
  );
  const perilRows = new Map(
    policy.exposures.flatMap((exposure) =>
      exposure.perils.flatMap((peril) =>
        peril.characteristics.map((perilRow) => [perilRow.locator, { peril, perilRow }]),
      ),
    ),
  );
  return (listed) => ({
    policyRow: policyRows.get(listed.policyCharacteristicsLocator),
    exposureRow: exposureRows.get(listed.exposureCharacteristicsLocator),
    ...perilRows.get(listed.perilCharacteristicsLocator),
  });
}

/** One way of answering each: a yearly price, the exact price of the covered days, and a bare number under the older name. */
const RATES = {
  /** 2.1 % of the value a year; the workbench works out what the covered months cost. Agents earn 5 %. */
  third_party_liability({ value, channel }) {
    const yearly = value * 2.1;
    return {
      yearlyPremium: money(yearly),
      yearlyTechnicalPremium: money(yearly * 0.8),
      commissions: channel === 'Agent' ? [{ recipient: 'agent', yearlyAmount: money(yearly * 0.05) }] : [],
    };
  },
  /** 1.19 % of the value for 365 days, counted by day: an exact premium is taken as it is. */
  collision({ value, perilRow }) {
    const days = Math.round((Number(perilRow.coverageEndTimestamp) - Number(perilRow.coverageStartTimestamp)) / DAY);
    const exact = (value * 1.19 * days) / 365;
    return { exactPremium: money(exact), exactTechnicalPremium: money(exact * 0.8) };
  },
  /** `premium` is an alias of `yearlyPremium`, and numbers are taken too. */
  roadside_service: () => ({ premium: 25, technicalPremium: 20 }),
};

/** Hundredths as text with two decimals. */
function money(hundredths) {
  return (Math.round(hundredths) / 100).toFixed(2);
}
