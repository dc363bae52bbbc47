import { answeredBefore, type Caller, type Desk, locatorOf } from '#core/desk/desk.ts';
import { parseDecimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type { FeesCreateRequest } from '#core/model/request.ts';
import type { NewFee } from '#core/model/timeline/contract.ts';
import { NO_CHANGE } from '#core/model/timeline/values.ts';
import { RiskErrors } from '../risk.ts';
import { instantOf, today } from './change-request.ts';
import { requireCoverage, saveDraft } from './draft.ts';
import { feeProration } from './history.ts';
import { type OpenPolicy, openIssued } from './open.ts';

/** Beyond it cents could get lost (core/pricing/SPEC.md P28). */
const MOST = '1e18';

/**
 * New ad hoc fees of an issued policy, a draft: each of a kind that fees.json knows, from a common time to the end of the term
 * (core/model/timeline/SPEC.md, kind `fees`). A negative amount gives a fee back. @returns locator of the transaction
 * Throws `invalid-fields` for what is wrong with them or where nothing is covered, `wrong-state` while another transaction waits.
 */
export async function createFees(
  desk: Desk,
  caller: Caller,
  policyLocator: string,
  request: FeesCreateRequest,
): Promise<string> {
  const before = answeredBefore(desk, caller, 'fees.create', { policyLocator, request });
  if (before !== undefined) return before;
  const open = await openIssued(desk, policyLocator);
  const begin = open.quote.record.contractStart;
  // A policy that begins later has its fees from its beginning.
  const effective = instantOf(request.startTimestamp, 'startTimestamp', () =>
    Math.max(today(desk, open.deployed.configuration.timeZone), begin),
  );
  requireCoverage(open, 'startTimestamp', effective, 'A fee');
  const errors = new RiskErrors();
  const fees = request.addFees.map((fee, i) => newFee(desk, open, fee, `addFees[${i}]`, errors));
  errors.refuse('The fees');
  return saveDraft(
    desk,
    caller,
    open,
    'fees.create',
    { policyLocator, request },
    {
      kind: 'fees',
      name: '',
      state: 'draft',
      effective,
      change: NO_CHANGE,
      repricing: 'none',
      resolutions: [],
      fees: fees.flatMap((fee) => fee ?? []),
      conflictHandling: request.conflictHandling ?? 'block',
    },
  );
}

function newFee(
  desk: Desk,
  { product, quote }: OpenPolicy,
  { feeName, amount, description }: FeesCreateRequest['addFees'][number],
  path: string,
  errors: RiskErrors,
): NewFee | undefined {
  const { currency } = quote.record;
  const definition = product.fees.find(({ name }) => name === feeName);
  const number = parseDecimal(amount);
  const decimals = currencyDecimals(currency);
  const refuse = (fieldName: string, message: string): undefined => {
    errors.add(path, fieldName, 'INVALID_VALUE', message);
  };
  if (!definition)
    return refuse(
      'feeName',
      `fees.json has no fee "${feeName}". It has: ${product.fees.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  if (!number || number.isZero()) return refuse('amount', `"${amount}" is no amount: give one that is not zero.`);
  if (number.decimalPlaces() > decimals) return refuse('amount', `${currency} has ${decimals} decimals.`);
  if (number.abs().gte(MOST)) return refuse('amount', 'it is too large.');
  return {
    locator: locatorOf(desk),
    name: feeName,
    description: description ?? definition.displayName,
    amount: moneyText(number, decimals),
    proration: feeProration(product, feeName),
  };
}
