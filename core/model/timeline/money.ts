import type { Charge } from '../charge.ts';
import { Decimal } from '../decimal.ts';
import { moneyText } from '../money.ts';
import type { FeeRow, HoldbackRow, PerilRow, Row, RowPrice, Timeline } from './contract.ts';
import type { Effect } from './history.ts';

/** What a policy costs: sums over its current rows, as text with at least `decimals`. */
export interface Gross {
  readonly premium: string;
  readonly taxes: string;
  readonly fees: string;
  readonly holdbacks: string;
  /** All of it: what is charged in the end (settled questions, 3). */
  readonly total: string;
}

/** Sums over the current rows, of one term where one is given. */
export function grossOf(
  timeline: Timeline,
  decimals: number,
  term?: { readonly start: number; readonly end: number },
): Gross {
  const within = (row: { readonly start: number; readonly end: number; readonly replacedBy?: string }): boolean =>
    row.replacedBy === undefined && (!term || (row.start >= term.start && row.start < term.end));
  let premium = new Decimal(0);
  let taxes = new Decimal(0);
  for (const { row } of perilRowsOf(timeline)) {
    if (!within(row) || !row.price) continue;
    premium = premium.plus(row.price.premium);
    for (const { amount } of row.price.taxes) taxes = taxes.plus(amount);
  }
  const sum = (rows: readonly (FeeRow | HoldbackRow)[]): Decimal =>
    rows.filter(within).reduce((total, { amount }) => total.plus(amount), new Decimal(0));
  const fees = sum(timeline.fees);
  const holdbacks = sum(timeline.holdbacks.filter(isCharged));
  const text = (amount: Decimal): string => moneyText(amount, Math.max(decimals, amount.decimalPlaces()));
  return {
    premium: text(premium),
    taxes: text(taxes),
    fees: text(fees),
    holdbacks: text(holdbacks),
    total: text(premium.plus(taxes).plus(fees).plus(holdbacks)),
  };
}

/** A technical premium or a commission is no part of what is owed, so what is held back of it is none either. */
function isCharged({ of }: HoldbackRow): boolean {
  return of === 'premium' || of === 'tax' || of === 'fee';
}

/** Every peril row with what it belongs to, replaced ones too. */
export function* perilRowsOf(timeline: Timeline): Iterable<{
  readonly row: PerilRow;
  readonly peril: { readonly locator: string; readonly name: string };
  readonly exposure: { readonly locator: string; readonly name: string };
}> {
  for (const exposure of timeline.exposures)
    for (const peril of exposure.perils) for (const row of peril.rows) yield { row, peril, exposure };
}

/**
 * What an effect charges (TL50): replaced rows are charged back whole, added ones are charged whole. Amounts of zero are none.
 * @param recorded the timeline before the effect
 */
export function chargesOf(effect: Effect, recorded: Timeline): readonly Charge[] {
  const by = effect.transaction;
  const replaced = new Set(effect.replaced);
  const charges: Charge[] = [];
  const names = new Map<string, Names>();
  for (const { locator, name, perils } of recorded.exposures)
    for (const peril of perils)
      names.set(peril.locator, {
        exposureLocator: locator,
        exposureName: name,
        perilLocator: peril.locator,
        perilName: peril.name,
      });
  const exposureNames = new Map(
    [...recorded.exposures, ...effect.exposures].map(({ locator, name }) => [locator, name]),
  );
  for (const { locator, name, exposure } of effect.perils)
    names.set(locator, {
      exposureLocator: exposure,
      exposureName: exposureNames.get(exposure) ?? '',
      perilLocator: locator,
      perilName: name,
    });

  for (const { row, peril } of perilRowsOf(recorded))
    if (replaced.has(row.locator)) charges.push(...rowCharges(row, names.get(peril.locator), by, true));
  for (const { peril, ...row } of effect.perilRows) charges.push(...rowCharges(row, names.get(peril), by, false));
  for (const fee of recorded.fees) if (replaced.has(fee.locator)) charges.push(...feeCharge(fee, by, true));
  for (const fee of effect.fees) charges.push(...feeCharge(fee, by, false));
  for (const holdback of recorded.holdbacks)
    if (replaced.has(holdback.locator)) charges.push(...holdbackCharge(holdback, by, true));
  for (const holdback of effect.holdbacks) charges.push(...holdbackCharge(holdback, by, false));
  return charges;
}

interface Names {
  readonly exposureLocator: string;
  readonly exposureName: string;
  readonly perilLocator: string;
  readonly perilName: string;
}

function rowCharges(row: PerilRow, names: Names | undefined, by: string, back: boolean): readonly Charge[] {
  const price: RowPrice | undefined = row.price;
  if (!price) return [];
  const about = { ...names, perilCharacteristicsLocator: row.locator };
  return [
    ...charge('premium', price.premium, `${row.locator}_p`, row, by, back, about),
    ...price.taxes.flatMap(({ name, amount }) =>
      charge('tax', amount, `${row.locator}_t_${name}`, row, by, back, { ...about, taxName: name }),
    ),
    ...price.commissions.flatMap(({ recipient, amount }) =>
      charge('commission', amount, `${row.locator}_c_${recipient}`, row, by, back, {
        ...about,
        commissionRecipient: recipient,
      }),
    ),
  ];
}

function feeCharge(fee: FeeRow, by: string, back: boolean): readonly Charge[] {
  return charge('fee', fee.amount, `${fee.locator}_f`, fee, by, back, { feeName: fee.name, feeLocator: fee.locator });
}

function holdbackCharge(holdback: HoldbackRow, by: string, back: boolean): readonly Charge[] {
  if (!isCharged(holdback)) return [];
  const { perilRow, taxName, feeName } = holdback;
  const about = {
    ...(perilRow === undefined ? {} : { perilCharacteristicsLocator: perilRow }),
    ...(taxName === undefined ? {} : { taxName }),
    ...(feeName === undefined ? {} : { feeName }),
  };
  return charge('holdback', holdback.amount, `${holdback.locator}_h`, holdback, by, back, about);
}

function charge(
  type: Charge['type'],
  amount: string,
  locator: string,
  { start, end }: Pick<Row, 'start' | 'end'>,
  by: string,
  back: boolean,
  about: Partial<Charge>,
): readonly Charge[] {
  const number = new Decimal(amount);
  if (number.isZero()) return [];
  const whole = { type, start, end, transactionLocator: by, ...about };
  if (!back) return [{ ...whole, locator, amount }];
  const taken = moneyText(number.negated(), amount.split('.')[1]?.length ?? 0);
  return [{ ...whole, locator: `${locator}_back`, amount: taken, reverses: locator }];
}
