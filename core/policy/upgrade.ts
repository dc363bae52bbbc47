import { type Deployed, productOf } from '#core/desk/configurations.ts';
import { answeredBefore, type Caller, commit, type Desk, findAll, type Typed, write } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { isMutable } from '#core/model/quote-state.ts';
import { withinTime } from '#core/product/time-limit.ts';
import type { Change } from '#core/store/contract.ts';
import { openCase, riskContext } from './policies.ts';
import { exposureNamed, type Risk, RiskErrors } from './risk.ts';
import { updatedRisk } from './risk-update.ts';
import { riskOf } from './transactions/change-request.ts';
import { historyOf, insuredAfter } from './transactions/history.ts';

/**
 * Moves a policy to a newer version of its configuration (formats §1.12, `PATCH /policy/{locator}/upgrade`). Its drafts are checked
 * by the new version; of an issued policy what is insured after its last transaction is, and what it was priced with stays: from
 * then on transactions use the new version. Saved whole or not at all. @param to default the newest version of the product
 * Throws `invalid-fields` with everything that the new version would refuse; `wrong-state` for a version that is not newer, and
 * while something is locked at a price of the old one.
 */
export async function upgradePolicy(desk: Desk, caller: Caller, locator: string, to?: number): Promise<void> {
  if (answeredBefore(desk, caller, 'policy.upgrade', { locator, to }) !== undefined) return;
  const { productName } = (await openCase(desk, locator)).policy.record;
  const target = await (to === undefined ? desk.configurations.newestOf(productName) : desk.configurations.version(to));
  const product = productOf(target, productName);
  // Read after the last wait: nothing may be half done.
  const { policy, quote } = await openCase(desk, locator);
  const { record } = policy;
  refuse(record.currency, record.configVersion, target, policy.locator);
  const at = desk.now();
  const check = checking(desk, target, product);
  const changes: Change[] = [];
  if (record.issuedAt === undefined) {
    for (const open of openQuotes(desk, policy.locator)) {
      const upgraded = check(open.record, `quote ${open.locator}`);
      const next = { ...open.record, ...upgraded, updatedAt: at };
      changes.push(write('quote', open.locator, open.version, next, record.policyholderLocator));
    }
  } else {
    const transactions = findAll(desk, 'transaction', 'policyLocator', policy.locator).map((one) => one.record);
    const locked = transactions.find(({ state }) => state === 'quoted' || state === 'accepted');
    if (locked) throw locks(`The ${locked.kind} ${locked.locator}`, locked.state, policy.locator);
    const history = historyOf(quote.record, transactions, product);
    check(riskOf(insuredAfter(history, history.transactions).insured, { quote }), `policy ${record.displayId}`);
  }
  // An arm of an experiment is a version: who leaves the one leaves the other.
  const { experiment: _, ...kept } = record;
  commit(desk, caller, {
    name: 'policy.upgrade',
    arguments: { policy: policy.locator, from: record.configVersion, to: target.record.configVersion },
    configuration: target.record.commit,
    changes: [
      write('policy', policy.locator, policy.version, {
        ...kept,
        configVersion: target.record.configVersion,
        updatedAt: at,
      }),
      ...changes,
    ],
    result: policy.locator,
    request: { locator, to },
  });
}

function refuse(currency: string, version: number, target: Deployed, locator: string): void {
  const { configVersion } = target.record;
  const place = { locator };
  if (configVersion <= version)
    throw new Problem(
      'wrong-state',
      configVersion === version
        ? `Policy ${locator} has version ${version} already, the newest of its product.`
        : `Policy ${locator} has version ${version}: it can not go back to version ${configVersion}.`,
      { place },
    );
  if (target.configuration.currency !== currency)
    throw new Problem(
      'wrong-state',
      `Version ${configVersion} counts in ${target.configuration.currency}, policy ${locator} in ${currency}.`,
      { place },
    );
}

/** Drafts; declined and discarded ones stay what they were. Throws while one is locked at its price. */
function openQuotes(desk: Desk, policyLocator: string): readonly Typed<'quote'>[] {
  const quotes = findAll(desk, 'quote', 'policyLocator', policyLocator);
  const locked = quotes.find(({ record }) => record.state === 'quoted' || record.state === 'accepted');
  if (locked) throw locks(`Quote ${locked.locator}`, locked.record.state, policyLocator);
  return quotes.filter(({ record }) => isMutable(record.state));
}

function locks(what: string, state: string, locator: string): Problem {
  return new Problem(
    'wrong-state',
    `${what} is ${state}: its price was made by the version that the policy has. Discard it first, or issue it.`,
    { place: { locator } },
  );
}

/** Checks a risk by every rule of the new version, whether something of it changes or not. */
function checking(desk: Desk, target: Deployed, product: Product): (risk: Risk, what: string) => Risk {
  const context = riskContext(desk, target, product);
  return (risk, what) => {
    const errors = new RiskErrors();
    const known = new RiskErrors();
    risk.exposures.forEach((exposure, index) => {
      const definition = exposureNamed(exposure.name, product);
      if (!definition)
        errors.add(`exposures[${index}]`, 'exposureName', 'INVALID_VALUE', `There is no "${exposure.name}" any more.`);
      exposure.perils.forEach((peril, at) => {
        if (definition && !definition.perils.some(({ name }) => name === peril.name))
          errors.add(
            `exposures[${index}].perils[${at}]`,
            'name',
            'INVALID_VALUE',
            `There is no "${peril.name}" any more.`,
          );
      });
    });
    const everything = {
      updateExposures: risk.exposures.map((exposure) => ({
        exposureLocator: exposure.locator,
        updatePerils: exposure.perils.map(({ locator: perilLocator }) => ({ perilLocator })),
      })),
    };
    const upgraded = withinTime(`The fields of ${product.name}`, () => updatedRisk(risk, everything, context, known));
    for (const { path = '', fieldName, code, message } of known.list)
      errors.add(
        path.replace('updateExposures', 'exposures').replace('updatePerils', 'perils'),
        fieldName,
        code,
        message,
      );
    errors.refuse(`By version ${target.record.configVersion}, ${what}`);
    return upgraded;
  };
}
