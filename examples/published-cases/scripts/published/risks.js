/**
 * Prices every listed peril by the fields of its exposure.
 * @param price gets the fields by name, the first value of each, and all values; answers the premium of the period
 */
exports.eachRisk = (data, price) => {
  const exposures = data.policy.exposures.flatMap(({ characteristics }) => characteristics);
  const pricedPerilCharacteristics = {};
  for (const { exposureCharacteristicsLocator, perilCharacteristicsLocator } of data.policyExposurePerils) {
    const { fieldValues } = exposures.find(({ locator }) => locator === exposureCharacteristicsLocator);
    const fields = Object.fromEntries(Object.entries(fieldValues).map(([name, values]) => [name, values[0]]));
    pricedPerilCharacteristics[perilCharacteristicsLocator] = { exactPremium: price(fields, fieldValues) };
  }
  return { pricedPerilCharacteristics };
};
