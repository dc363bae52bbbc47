import fc from 'fast-check';
import { addCalendar, type Millis, startOfDay } from '#core/model/time.ts';
import { conflictsWith, laterThan } from '#core/model/timeline/conflicts.ts';
import type { Change, NewFee, Repricing, Resolution, Timeline, Transaction } from '#core/model/timeline/contract.ts';
import { NO_CHANGE } from '#core/model/timeline/values.ts';
import { type Book, emptyBook, type Issued, insuredAt, issue } from './book.ts';
import { changeOf, EDITS, type Edit, newExposure } from './draft.ts';
import { type Insurer, PERILS } from './insurer.ts';
import { instantOf, type Moment, moment, type Span, STARTS, ZONES } from './moments.ts';
import { longest } from './tries.ts';

/** A random life of a policy: wishes, which become transactions where an application would let them. */
export interface Life {
  readonly insurer: Insurer;
  readonly end: Millis;
  readonly exposures: readonly { readonly perils: readonly string[]; readonly value: number }[];
  readonly wishes: readonly Wish[];
}
export interface Wish {
  readonly kind: 'endorse' | 'cancel' | 'reinstate' | 'renew' | 'charge fees' | 'withdraw';
  readonly when: Moment;
  readonly edits: readonly Edit[];
  readonly repricing: Repricing;
  /** Whether it wins over later settings of the same thing. */
  readonly wins: boolean;
  /** Length of a new term, of the units below; whether a reinstatement leaves a gap. */
  readonly length: number;
  readonly gap: boolean;
}

export const edit: fc.Arbitrary<Edit> = fc.record({
  // Often the same few things, so that settings meet.
  kind: fc.constantFrom(...EDITS, 'policy size', 'policy size', 'exposure value', 'peril factor', 'deductible'),
  target: fc.oneof(fc.constant(0), fc.nat(50)),
  value: fc.nat(6),
});
const wish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.oneof(
    { weight: 10, arbitrary: fc.constant('endorse' as const) },
    { weight: 3, arbitrary: fc.constant('cancel' as const) },
    { weight: 6, arbitrary: fc.constant('reinstate' as const) },
    { weight: 2, arbitrary: fc.constant('renew' as const) },
    { weight: 1, arbitrary: fc.constant('charge fees' as const) },
    { weight: 1, arbitrary: fc.constant('withdraw' as const) },
  ),
  when: moment,
  edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
  repricing: fc.constantFrom('changed', 'changed', 'changed', 'all', 'none'),
  wins: fc.constantFrom(true, true, false),
  length: fc.nat(5),
  gap: fc.boolean(),
});

/** Lives of policies. @param fixed what the insurer must be like */
export function lives(
  fixed: Partial<Pick<Insurer, 'unit' | 'linear'>> = {},
  maxLength = longest(10),
): fc.Arbitrary<Life> {
  return fc
    .record({
      timeZone: fc.constantFrom(...ZONES),
      start: fc.constantFrom(...STARTS),
      hour: fc.constantFrom(0, 0, 0, 5, 23),
      length: fc.nat(5),
      unit: fixed.unit ? fc.constant(fixed.unit) : fc.constantFrom('months', 'days', 'ms', 'days360', 'days365'),
      linear: fixed.linear === undefined ? fc.boolean() : fc.constant(fixed.linear),
      rounding: fc.constantFrom('half_up', 'half_even'),
      holdback: fc.constantFrom(0, 10, 33),
      exposures: fc.array(fc.record({ perils: fc.subarray([...PERILS], { minLength: 1 }), value: fc.nat(6) }), {
        minLength: 1,
        maxLength: 3,
      }),
      wishes: fc.array(wish, { minLength: 1, maxLength, size: 'max' }),
    })
    .map(({ timeZone, start, hour, length, exposures, wishes, unit, linear, rounding, holdback }): Life => {
      const anchor = startOfDay(start, timeZone) + hour * 3_600_000;
      const insurer = { timeZone, anchor, unit, linear, rounding, holdback, decimals: 2 } as const;
      return { insurer, end: termEnd(anchor, length, timeZone), exposures, wishes };
    });
}

function termEnd(start: Millis, length: number, timeZone: string): Millis {
  const lengths = [{ years: 1 }, { months: 6 }, { years: 1 }, { days: 45 }, { months: 18 }, { days: 1 }] as const;
  return addCalendar(start, lengths[length] ?? { years: 1 }, timeZone);
}

export function creation({ insurer, end, exposures }: Life): Transaction {
  return {
    kind: 'create',
    locator: 'create',
    effective: insurer.anchor,
    order: 0,
    end,
    insured: {
      fieldValues: { size: ['1'] },
      fieldGroupsByLocator: {},
      exposures: exposures.map(({ perils, value }, i) => newExposure(`b${i}`, perils, value)),
    },
    rows: { policy: 'row', exposures: {}, perils: {} },
  };
}

/** Lives a policy's life. @param after sees the policy after everything that is issued */
export function live(life: Life, after: (book: Book, issued: Issued) => void = () => {}): Book {
  const book = emptyBook(life.insurer);
  let issued = issue(book, creation(life));
  after(book, issued);
  for (const wish of life.wishes) {
    const next = wishedFor(book, wish, issued);
    if (!next) continue;
    issued = issue(book, next.transaction, next.resolutions);
    after(book, issued);
  }
  return book;
}

/** The transaction that a wish becomes by the rules of an application; undefined where they refuse it. */
export function wishedFor(
  book: Book,
  wish: Wish,
  { recorded, replayed }: Pick<Issued, 'recorded' | 'replayed'>,
): { readonly transaction: Transaction; readonly resolutions: readonly Resolution[] } | undefined {
  const order = book.transactions.length;
  const { timeZone } = book.insurer;
  if (book.transactions.some(({ kind }) => kind === 'withdrawal')) return undefined;
  const covered = coveredSpans(recorded);
  const within = (spans: readonly Span[]): Millis | undefined =>
    instantOf(
      wish.when,
      spans,
      book.transactions.map(({ effective }) => effective),
      timeZone,
    );
  const made = (transaction: Transaction, resolutions: readonly Resolution[] = []) => ({ transaction, resolutions });
  const locator = `t${order}`;
  switch (wish.kind) {
    case 'endorse': {
      const effective = within(covered);
      if (effective === undefined) return undefined;
      const change = changeOf(insuredAt(book, effective), wish.edits, `${locator}.`);
      const transaction = {
        kind: 'endorsement',
        locator,
        effective,
        order,
        change,
        repricing: wish.repricing,
      } as const;
      return made(transaction, wish.wins ? winning(book, transaction, change, recorded) : []);
    }
    case 'cancel': {
      const effective = within(covered);
      return effective === undefined ? undefined : made({ kind: 'cancellation', locator, effective, order });
    }
    case 'reinstate': {
      const { ended, terms } = replayed.timeline;
      const last = terms.at(-1);
      if (!ended || !last || ended.at >= last.end) return undefined;
      const gap = within([{ start: ended.at, end: last.end }]);
      const effective = wish.gap ? gap : ended.at;
      if (effective === undefined) return undefined;
      return made({ kind: 'reinstatement', locator, effective, order, cancellation: ended.by });
    }
    case 'renew': {
      const last = recorded.terms.at(-1);
      if (!last || recorded.ended || recorded.terms.length > 2) return undefined;
      const change = wish.gap ? NO_CHANGE : changeOf(insuredAt(book, last.end), wish.edits, `${locator}.`);
      const end = termEnd(last.end, wish.length, timeZone);
      return made({ kind: 'renewal', locator, effective: last.end, order, change, end });
    }
    case 'charge fees': {
      const effective = within(covered);
      const fee = (proration: NewFee['proration']): NewFee => ({
        locator: `${locator}-${proration}`,
        name: proration,
        description: 'By hand',
        amount: '12.34',
        proration,
      });
      return effective === undefined
        ? undefined
        : made({ kind: 'fees', locator, effective, order, fees: [fee('flat'), fee('proratable')] });
    }
    case 'withdraw': {
      // Rare, and never the second thing that happens: little is left to see after it.
      const effective = order < 3 || wish.length > 1 ? undefined : within(covered);
      return effective === undefined ? undefined : made({ kind: 'withdrawal', locator, effective, order });
    }
  }
}

function winning(book: Book, transaction: Transaction, change: Change, recorded: Timeline): readonly Resolution[] {
  const later = laterThan(transaction, book.transactions);
  return conflictsWith(change, later, recorded).map(({ transaction: loser, path }) => ({ transaction: loser, path }));
}

/** When the policy covers, as known: the spans of its current rows. */
export function coveredSpans({ policyRows }: Timeline): readonly Span[] {
  return policyRows.filter(({ replacedBy }) => replacedBy === undefined).sort((a, b) => a.start - b.start);
}
