import type { PolicyRecord } from '#core/desk/records.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import { isLocator } from '#core/model/locator.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type {
  ExposureResponse,
  FeeResponse,
  MediaResponse,
  PerilCharacteristics,
  PolicyCharacteristics,
} from '#core/model/policy.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import type {
  ExposureTrack,
  FeeRow,
  PerilRow,
  Row,
  RowPrice,
  Timeline,
  Values,
} from '#core/model/timeline/contract.ts';
import { perilRowsOf } from '#core/model/timeline/money.ts';
import { rowFinder } from '#core/model/timeline/rows.ts';

/** When a transaction was made and issued, milliseconds. `replaced` is what it says on rows that it replaced. */
export interface Stamps {
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly issuedAt?: number;
  readonly replaced: number;
}
/** A timeline of a policy with what its rows need to be shown. */
export interface TimelineView {
  readonly policy: Pick<PolicyRecord, 'locator' | 'policyholderLocator' | 'productName'>;
  readonly currency: string;
  readonly timeline: Timeline;
  /** By transaction, in the order in which rows came and went. */
  readonly stamps: ReadonlyMap<string, Stamps>;
  readonly media: (locator: string) => MediaResponse | undefined;
  /** Amounts that were found but do not stand in the rows yet. */
  readonly found?: Readonly<Record<string, RowPrice>>;
}

/** The rows of a timeline as the API shows them (formats §3.2): in the order in which they were made, replaced ones with their time. */
export function timelineParts(view: TimelineView): {
  readonly characteristics: readonly PolicyCharacteristics[];
  readonly exposures: readonly ExposureResponse[];
  readonly fees: readonly FeeResponse[];
  readonly grossFees: string;
} {
  const { timeline, currency } = view;
  const gross = termGross(view);
  const policyRowAt = rowFinder(timeline.policyRows);
  return {
    characteristics: timeline.policyRows.map((row) => policyRow(row, view, gross)),
    exposures: timeline.exposures.map((exposure) => exposureParts(exposure, view, policyRowAt)),
    fees: timeline.fees.map((fee) => feeResponse(fee, currency)),
    grossFees: moneyText(
      timeline.fees
        .filter(({ replacedBy }) => replacedBy === undefined)
        .reduce((sum, { amount }) => sum.plus(amount), new Decimal(0)),
      currencyDecimals(currency),
    ),
  };
}

/** An exposure with its rows and perils. */
function exposureParts(
  exposure: ExposureTrack,
  view: TimelineView,
  policyRowAt: ReturnType<typeof rowFinder>,
): ExposureResponse {
  const exposureRowAt = rowFinder(exposure.rows);
  return {
    locator: exposure.locator,
    name: exposure.name,
    displayId: exposure.locator,
    policyLocator: view.policy.locator,
    ...madeBy(view, exposure.by),
    characteristics: exposure.rows.map((row) => ({
      locator: row.locator,
      exposureLocator: exposure.locator,
      startTimestamp: text(row.start),
      endTimestamp: text(row.end),
      ...rowStamps(view, row),
      ...entity(row, view.media),
    })),
    perils: exposure.perils.map((peril) => ({
      locator: peril.locator,
      name: peril.name,
      displayId: peril.locator,
      exposureLocator: exposure.locator,
      renewalGroup: peril.renewalGroup,
      ...madeBy(view, peril.by),
      characteristics: peril.rows.map((row) =>
        perilRow(row, peril.locator, { policy: policyRowAt, exposure: exposureRowAt }, view),
      ),
    })),
  };
}

const text = (millis: number): string => String(millis);

function policyRow(row: Row, view: TimelineView, gross: GrossOf): PolicyCharacteristics {
  const { policy, currency, timeline } = view;
  const term = timeline.terms.findLast(({ start }) => start <= row.start) ?? timeline.terms[0];
  const { premium, taxes, groups } = gross(row);
  return {
    locator: row.locator,
    policyLocator: policy.locator,
    policyholderLocator: policy.policyholderLocator,
    productLocator: policy.productName,
    ...rowStamps(view, row),
    startTimestamp: text(row.start),
    endTimestamp: text(row.end),
    policyStartTimestamp: text(term?.start ?? row.start),
    policyEndTimestamp: text(term?.end ?? row.end),
    ...entity(row, view.media),
    grossPremium: premium,
    grossPremiumCurrency: currency,
    grossTaxes: taxes,
    grossTaxesCurrency: currency,
    taxGroups: groups.map((group) => ({ ...group, amountCurrency: currency })),
  };
}

function perilRow(
  row: PerilRow,
  perilLocator: string,
  at: { readonly policy: ReturnType<typeof rowFinder>; readonly exposure: ReturnType<typeof rowFinder> },
  view: TimelineView,
): PerilCharacteristics {
  const { currency } = view;
  const on = (find: ReturnType<typeof rowFinder>, made: string): string =>
    row.replacedBy === undefined ? (find(row)?.locator ?? made) : made;
  const price = view.found?.[row.locator] ?? row.price;
  const { revision = '', ...amounts } = price ?? {};
  return {
    locator: row.locator,
    perilLocator,
    policyCharacteristicsLocator: on(at.policy, row.policyRow),
    exposureCharacteristicsLocator: on(at.exposure, row.exposureRow),
    policyModificationLocator: row.by,
    coverageStartTimestamp: text(row.start),
    coverageEndTimestamp: text(row.end),
    ...rowStamps(view, row),
    ...entity(row, view.media),
    ...limits(row, currency),
    ...(price ? { ...amounts, premiumCurrency: currency, premiumTemplateRevision: revision } : {}),
  };
}

/** The peril's own amounts with the currency's decimals (`"30000.00"`); `unlimited` stays a word. */
function limits({ amounts }: PerilRow, currency: string): Partial<PerilCharacteristics> {
  if (Object.keys(amounts).length === 0) return {};
  const decimals = currencyDecimals(currency);
  return Object.fromEntries(
    PERIL_AMOUNTS.flatMap((name) => {
      const amount = amounts[name];
      if (amount === undefined) return [];
      const number = parseDecimal(amount);
      return [
        [name, number ? moneyText(number, Math.max(decimals, number.decimalPlaces())) : amount],
        [`${name}Currency`, currency],
      ];
    }),
  );
}

function madeBy({ stamps }: TimelineView, by: string): { createdTimestamp: string; updatedTimestamp: string } {
  const made = stamps.get(by);
  return { createdTimestamp: text(made?.createdAt ?? 0), updatedTimestamp: text(made?.updatedAt ?? 0) };
}

function rowStamps(view: TimelineView, row: Row) {
  const issued = view.stamps.get(row.by)?.issuedAt;
  const replaced = row.replacedBy === undefined ? undefined : view.stamps.get(row.replacedBy)?.replaced;
  return {
    ...madeBy(view, row.by),
    ...(issued === undefined ? {} : { issuedTimestamp: text(issued) }),
    ...(replaced === undefined ? {} : { replacedTimestamp: text(replaced) }),
  };
}

export function entity({ fieldValues, fieldGroupsByLocator }: Values, media: TimelineView['media']) {
  // A media value is a locator; whether a value is one shows in that it names stored media.
  const everyValue = [fieldValues, ...Object.values(fieldGroupsByLocator)].flatMap((values) =>
    Object.values(values).flat(),
  );
  const found = everyValue.filter(isLocator).flatMap((value) => media(value) ?? []);
  return {
    fieldValues,
    fieldGroupsByLocator,
    mediaByLocator: Object.fromEntries(found.map((item) => [item.locator, item])),
  };
}

function feeResponse(fee: FeeRow, currency: string): FeeResponse {
  const { locator, name, description, amount, start, end, replacedBy } = fee;
  return {
    locator,
    name,
    description,
    amount,
    amountCurrency: currency,
    startTimestamp: text(start),
    endTimestamp: text(end),
    reversed: replacedBy !== undefined,
  };
}

interface Gross {
  readonly premium: string;
  readonly taxes: string;
  readonly groups: readonly { readonly name: string; readonly amount: string }[];
}
type GrossOf = (row: Row) => Gross;

/**
 * Gross premium and taxes that a policy row shows: those of its term, now for a current row, just before it was replaced for
 * any other (formats §13: the replaced row keeps 806.51). Sums over what came and went, term by term, in one pass.
 */
function termGross({ timeline, stamps, currency, found }: TimelineView): GrossOf {
  const position = new Map([...stamps.keys()].map((transaction, i) => [transaction, i]));
  const starts = timeline.terms.map(({ start }) => start);
  const termOf = (start: number): number =>
    Math.max(
      0,
      starts.findLastIndex((from) => from <= start),
    );
  const events = new Map<string, { readonly term: number; readonly sign: 1 | -1; readonly price: RowPrice }[]>();
  const add = (by: string, term: number, sign: 1 | -1, price: RowPrice): void => {
    const known = events.get(by);
    if (known) known.push({ term, sign, price });
    else events.set(by, [{ term, sign, price }]);
  };
  for (const { row } of perilRowsOf(timeline)) {
    const price = found?.[row.locator] ?? row.price;
    if (!price) continue;
    const term = termOf(row.start);
    add(row.by, term, 1, price);
    if (row.replacedBy !== undefined) add(row.replacedBy, term, -1, price);
  }
  const decimals = currencyDecimals(currency);
  const sums = starts.map(() => ({
    premium: new Decimal(0),
    taxes: new Decimal(0),
    groups: new Map<string, Decimal>(),
  }));
  const snapshot = (term: number): Gross => {
    const sum = sums[term];
    const shown = (amount: Decimal): string => moneyText(amount, Math.max(decimals, amount.decimalPlaces()));
    return {
      premium: shown(sum?.premium ?? new Decimal(0)),
      taxes: shown(sum?.taxes ?? new Decimal(0)),
      groups: [...(sum?.groups ?? [])].map(([name, amount]) => ({ name, amount: shown(amount) })),
    };
  };
  const before = new Map<string, Gross[]>();
  for (const transaction of position.keys()) {
    before.set(
      transaction,
      starts.map((_, term) => snapshot(term)),
    );
    for (const { term, sign, price } of events.get(transaction) ?? []) {
      const sum = sums[term];
      if (!sum) continue;
      sum.premium = sum.premium.plus(new Decimal(price.premium).times(sign));
      for (const { name, amount } of price.taxes) {
        const part = new Decimal(amount).times(sign);
        sum.taxes = sum.taxes.plus(part);
        sum.groups.set(name, (sum.groups.get(name) ?? new Decimal(0)).plus(part));
      }
    }
  }
  const now = starts.map((_, term) => snapshot(term));
  const none = snapshot(-1);
  return (row) => (row.replacedBy === undefined ? now : before.get(row.replacedBy))?.[termOf(row.start)] ?? none;
}
