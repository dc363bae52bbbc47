/** Reads field values out of the nested policy: rows by locator, lists of text as single values. */
class PolicyView {
  #policy;

  constructor(policy) {
    this.#policy = policy;
  }

  /** The rows that are in force: the replaced ones stay in the policy for its history. */
  static current(rows) {
    return rows.filter((row) => !row.replacedTimestamp);
  }

  get exposures() {
    return this.#policy.exposures;
  }

  /** A field of the policy itself. */
  value(name) {
    return first(PolicyView.current(this.#policy.characteristics).at(-1), name);
  }

  /** Whether a row is still insured at the end: what an endorsement ended keeps the piece before. */
  reachesTheEnd(row) {
    return row !== undefined && Number(row.endTimestamp) >= Number(this.#policy.effectiveContractEndTimestamp);
  }

  /** The repeats of a group of the policy, each as `{field: value}`. */
  group(name) {
    const row = PolicyView.current(this.#policy.characteristics).at(-1);
    return (row.fieldValues[name] || []).map((locator) => {
      const group = row.fieldGroupsByLocator[locator] || {};
      const values = group.fieldValues || group;
      return Object.fromEntries(Object.entries(values).map(([field, list]) => [field, [].concat(list)[0]]));
    });
  }

  /** What a triple of locators points at. */
  risk(triple) {
    const term = this.#policy.characteristics.find(({ locator }) => locator === triple.policyCharacteristicsLocator);
    for (const exposure of this.#policy.exposures) {
      for (const peril of exposure.perils) {
        const row = peril.characteristics.find(({ locator }) => locator === triple.perilCharacteristicsLocator);
        if (!row) continue;
        const location = exposure.characteristics.find(
          ({ locator }) => locator === triple.exposureCharacteristicsLocator,
        );
        return {
          peril: peril.name,
          industry: first(term, 'industry'),
          deductible: row.deductible,
          location: (name) => first(location, name),
          hazards: location.fieldValues.hazards || [],
          cover: (name) => first(row, name),
        };
      }
    }
    throw `The policy has no row ${triple.perilCharacteristicsLocator}`;
  }
}

function first(row, name) {
  return (row && row.fieldValues[name] && row.fieldValues[name][0]) || undefined;
}

module.exports = { PolicyView };
