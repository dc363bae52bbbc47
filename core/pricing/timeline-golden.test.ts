import { expect, it } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import { startOfDay } from '#core/model/time.ts';
import type {
  Change,
  Insured,
  InsuredExposure,
  PerilRow,
  Result,
  RowPrice,
  Transaction,
} from '#core/model/timeline/contract.ts';
import { grossOf, perilRowsOf } from '#core/model/timeline/money.ts';
import { type Application, replay, rowKey } from '#core/model/timeline/replay.ts';
import { NO_CHANGE } from '#core/model/timeline/values.ts';
import { segmentMonths } from './duration.ts';
import { perilAmounts } from './premium.ts';
import { keptPiece } from './prorate.ts';

const ZONE = 'America/Los_Angeles';
const at = (date: string): number => startOfDay(date, ZONE);
const rules = { moneyUnit: 'cents', rounding: 'half_up', proration: 'months', taxOnProratedPiece: 'prorate' } as const;
const money = { currencyDecimals: 2, rules };
const ANCHOR = at('2021-06-28');

/** The yearly amounts of formats §13, by vehicle value. */
const YEARLY: Readonly<Record<string, readonly [string, string, string, string, string, string, string]>> = {
  10000: ['210', '259', '119', '155', '25', '29.90', '8.61'],
  12000: ['252', '311', '143', '155', '25', '29.90', '8.61'],
  8000: ['168', '207', '95', '155', '25', '29.90', '8.61'],
};
const PERILS = ['third_party', 'bodily_injury', 'collision', 'comprehensive', 'roadside', 'underinsured', 'uninsured'];

function vehicle(locator: string, value: string): InsuredExposure {
  const none = { fieldValues: {}, fieldGroupsByLocator: {} };
  return {
    locator,
    name: 'vehicle',
    fieldValues: { vehicle_value: [value] },
    fieldGroupsByLocator: {},
    perils: PERILS.map((name) => ({
      locator: `${locator}-${name}`,
      name,
      renewalGroup: `${locator}-${name}`,
      amounts: {},
      ...none,
    })),
  };
}

function rated(row: PerilRow, peril: string, value: string): RowPrice {
  const months = segmentMonths(row.start, row.end, ANCHOR, ZONE, 'months');
  const yearly = new Decimal(YEARLY[value]?.[PERILS.indexOf(peril)] ?? Number.NaN);
  const price = perilAmounts({ premium: { yearly }, commissions: [] }, months, money);
  return { ...price, taxes: [{ name: 'premium_tax', amount: new Decimal(price.premium).times('0.0925').toFixed(2) }] };
}

function amounts({ work, cause, basis, timeline }: Application): Result {
  const values = new Map(
    timeline.exposures.flatMap(({ rows }) =>
      rows.map((row) => [row.locator, row.fieldValues.vehicle_value?.[0] ?? '']),
    ),
  );
  const rows = {
    ...Object.fromEntries(
      work.cut.map(({ original, kept, peril }) => [
        rowKey(peril.locator, kept.start),
        keptPiece(
          original.price as RowPrice,
          { start: kept.start, split: kept.end, end: original.end, anchor: ANCHOR, timeZone: ZONE, unit: 'months' },
          money,
        ),
      ]),
    ),
    ...Object.fromEntries(
      work.rate.map(({ row, peril }) => [
        rowKey(peril.locator, row.start),
        rated(row, peril.name, values.get(row.exposureRow) ?? ''),
      ]),
    ),
  };
  return { cause, basis, rows, fees: [], feePieces: {}, holdbacks: [] };
}

const insured: Insured = { fieldValues: {}, fieldGroupsByLocator: {}, exposures: [vehicle('v1', '10000')] };
const create: Transaction = {
  kind: 'create',
  locator: 'create',
  effective: ANCHOR,
  order: 0,
  end: at('2022-06-28'),
  insured,
  rows: { policy: 'p', exposures: {}, perils: {} },
};
const change: Change = {
  ...NO_CHANGE,
  exposures: {
    v1: {
      values: { fields: { vehicle_value: ['12000'] }, lists: {}, groups: {} },
      addPerils: [],
      endPerils: [],
      perils: {},
    },
  },
  addExposures: [vehicle('v2', '8000')],
};
const endorsement: Transaction = {
  kind: 'endorsement',
  locator: 'endorsement',
  effective: at('2021-08-08'),
  order: 1,
  change,
  repricing: 'changed',
};

it('TL12, TL14, TL15: the golden endorsement of formats §13 to the cent', () => {
  const run = replay({
    transactions: [endorsement, create],
    resolutions: [],
    results: new Map(),
    locatorFor: (...parts) => parts.join('/'),
  });
  let step = run.next();
  while (!step.done) step = run.next(step.value.kind === 'price' ? amounts(step.value) : undefined);
  const { timeline } = step.value;
  expect(grossOf(timeline, 2)).toMatchObject({ premium: '1524.84', taxes: '141.05' });
  const pieces = [...perilRowsOf(timeline)].filter(({ row }) => row.replacedBy === undefined);
  const of = (exposure: string, peril: string) =>
    pieces
      .filter((piece) => piece.exposure.locator === exposure && piece.peril.name === peril)
      .map(({ row }) => row.price?.premium);
  expect(PERILS.map((peril) => of('v1', peril))).toEqual([
    ['23.71', '224.00'],
    ['29.24', '276.44'],
    ['13.44', '127.11'],
    ['17.50', '137.78'],
    ['2.82', '22.22'],
    ['3.38', '26.58'],
    ['0.97', '7.65'],
  ]);
  expect(PERILS.map((peril) => of('v2', peril))).toEqual([
    ['149.33'],
    ['184.00'],
    ['84.44'],
    ['137.78'],
    ['22.22'],
    ['26.58'],
    ['7.65'],
  ]);
  expect(timeline.policyRows).toHaveLength(1);
});
