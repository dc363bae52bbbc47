import * as z from 'zod';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { NewHoldback, PerilRow, RowPrice } from '#core/model/timeline/contract.ts';
import { feeKey } from '#core/model/timeline/replay.ts';
import type { Work } from '#core/model/timeline/rows.ts';
import type { Trace } from '#core/model/trace.ts';
import { askProductPlugin, type ProductPluginCall } from '#core/sandbox/product-plugin.ts';
import { type Money, roundedCharge, roundedPremium } from './premium.ts';

const amount = z.union([z.string(), z.number()]);
const Answer = z.object({
  items: z.array(z.object({ id: z.string(), proratedAmount: amount, holdbackAmount: amount.nullish() })),
});

/** One amount that the plugin divides (formats §2.7): where it stands, and what it is called there. */
interface Item {
  readonly id: string;
  readonly of: NewHoldback['of'];
  readonly amount: string;
  readonly payload: JsonObject;
  readonly perilRow?: string;
  readonly taxName?: string;
  readonly recipient?: string;
  readonly fee?: { readonly locator: string; readonly name: string };
}
export interface ProratedByPlugin {
  /** By locator of the kept row. */
  readonly rows: Readonly<Record<string, RowPrice>>;
  readonly feePieces: Readonly<Record<string, string>>;
  readonly holdbacks: readonly Omit<NewHoldback, 'locator'>[];
  readonly auxData: Awaited<ReturnType<typeof askProductPlugin>>['auxData'];
}
export interface ProrationRequest {
  readonly operation: string;
  readonly policy: JsonObject;
  readonly tenantTimeZone: string;
  readonly paymentScheduleName?: string;
}

/**
 * Asks the product's `getProrationResult` what is kept of every amount that is cut (P61, formats §2.7).
 * Throws plugin-failed, naming the item, for an answer that is missing, no number, or more than there is.
 */
export async function prorateByPlugin(
  work: Work,
  request: ProrationRequest,
  call: Omit<ProductPluginCall<typeof Answer>, 'name' | 'arguments' | 'answer'>,
  money: Money,
): Promise<ProratedByPlugin> {
  const items = itemsOf(work);
  if (items.length === 0) return { rows: {}, feePieces: {}, holdbacks: [], auxData: [] };
  const payload = { ...request, segmentSplitTimestamp: String(work.at), items: items.map((item) => item.payload) };
  const { value, auxData, section } = await askProductPlugin({
    ...call,
    name: 'getProrationResult',
    arguments: [payload],
    answer: Answer,
  });
  const answers = new Map(value.items.map((item) => [item.id, item]));
  const place = { file: `scripts/${call.product.plugins.getProrationResult?.path ?? ''}`, product: call.product.name };
  const refuse = (id: string, why: string): never => {
    throw new Problem('plugin-failed', `getProrationResult in ${place.file}: the item ${id} ${why}.`, { place });
  };
  const kept = new Map<string, string>();
  const holdbacks: Omit<NewHoldback, 'locator'>[] = [];
  for (const item of items) {
    const answer = answers.get(item.id) ?? refuse(item.id, 'was not answered');
    const prorated =
      parseDecimal(answer.proratedAmount) ??
      refuse(item.id, `has proratedAmount ${JSON.stringify(answer.proratedAmount)}, which is no number`);
    const holdback =
      parseDecimal(answer.holdbackAmount ?? 0) ??
      refuse(item.id, `has holdbackAmount ${JSON.stringify(answer.holdbackAmount)}, which is no number`);
    if (exceeds(prorated.plus(holdback), new Decimal(item.amount)))
      refuse(item.id, `keeps ${prorated} and holds back ${holdback} of ${item.amount}: more than there is`);
    if (!holdback.isZero() && request.operation !== 'cancellation')
      refuse(
        item.id,
        `holds back ${holdback} in a transaction of the kind ${request.operation}: only cancellations hold back (formats §2.7)`,
      );
    kept.set(item.id, rounded(item, 'kept', prorated, money, section));
    if (!holdback.isZero()) holdbacks.push(holdbackOf(item, rounded(item, 'held back', holdback, money, section)));
  }
  return { ...keptAmounts(work, kept), holdbacks, auxData };
}

function exceeds(part: Decimal, whole: Decimal): boolean {
  return whole.isNegative() ? part.lt(whole) || part.gt(0) : part.gt(whole) || part.lt(0);
}

function rounded(item: Item, what: string, value: Decimal, money: Money, trace: Trace | undefined): string {
  const title = `${item.of} ${what} (${item.id})`;
  return item.of === 'tax' || item.of === 'fee'
    ? roundedCharge(title, value, money, trace)
    : roundedPremium(title, value, money, trace);
}

function holdbackOf({ of, perilRow, taxName, fee }: Item, held: string): Omit<NewHoldback, 'locator'> {
  return {
    of,
    amount: held,
    ...(perilRow === undefined ? {} : { perilRow }),
    ...(taxName === undefined ? {} : { taxName }),
    ...(fee === undefined ? {} : { feeName: fee.name }),
  };
}

function itemsOf(work: Work): readonly Item[] {
  const rows = work.cut.flatMap(({ original, peril }): readonly Item[] => {
    const { price, locator } = original;
    if (!price) return [];
    const item = (of: Item['of'], suffix: string, value: string, more: JsonObject = {}): Item => ({
      id: `${locator}_${suffix}`,
      of,
      amount: value,
      perilRow: locator,
      payload: {
        id: `${locator}_${suffix}`,
        type: of,
        amount: value,
        followingAmount: '0',
        segmentStartTimestamp: String(original.start),
        segmentEndTimestamp: String(original.end),
        perilCharacteristicsLocator: locator,
        perilName: peril.name,
        ...more,
      },
    });
    return [
      item('premium', 'p', price.premium),
      ...(price.technicalPremium === undefined ? [] : [item('technicalPremium', 'tp', price.technicalPremium)]),
      ...price.taxes.map(({ name, amount: tax }) => ({
        ...item('tax', `t_${name}`, tax, { taxLocator: name, taxName: name }),
        taxName: name,
      })),
      ...price.commissions.map(({ recipient, amount: share }) => ({
        ...item('commission', `c_${recipient}`, share, {
          commissionLocator: recipient,
          commissionRecipient: recipient,
        }),
        recipient,
      })),
    ];
  });
  const fees = work.cutFees.map(
    ({ original }): Item => ({
      id: `${original.locator}_f`,
      of: 'fee',
      amount: original.amount,
      fee: { locator: original.locator, name: original.name },
      payload: {
        id: `${original.locator}_f`,
        type: 'fee',
        amount: original.amount,
        followingAmount: '0',
        segmentStartTimestamp: String(original.start),
        segmentEndTimestamp: String(original.end),
        feeName: original.name,
      },
    }),
  );
  return [...rows, ...fees].filter(({ amount: value }) => !new Decimal(value).isZero());
}

function keptAmounts(work: Work, kept: ReadonlyMap<string, string>): Pick<ProratedByPlugin, 'rows' | 'feePieces'> {
  const zero = (value: string): string => new Decimal(0).toFixed(value.split('.')[1]?.length ?? 0);
  const of = (row: PerilRow, suffix: string, value: string): string =>
    kept.get(`${row.locator}_${suffix}`) ?? zero(value);
  const rows = work.cut.flatMap(({ original, kept: piece }): readonly (readonly [string, RowPrice])[] => {
    const { price } = original;
    if (!price) return [];
    return [
      [
        piece.locator,
        {
          ...price,
          premium: of(original, 'p', price.premium),
          ...(price.technicalPremium === undefined
            ? {}
            : { technicalPremium: of(original, 'tp', price.technicalPremium) }),
          commissions: price.commissions.map(({ recipient, amount: share }) => ({
            recipient,
            amount: of(original, `c_${recipient}`, share),
          })),
          taxes: price.taxes.map((tax) => ({ ...tax, amount: of(original, `t_${tax.name}`, tax.amount) })),
        },
      ],
    ];
  });
  const fees = work.cutFees.map(
    ({ original }) => [feeKey(original), kept.get(`${original.locator}_f`) ?? zero(original.amount)] as const,
  );
  return { rows: Object.fromEntries(rows), feePieces: Object.fromEntries(fees) };
}
