import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Insured, InsuredExposure, InsuredPeril, Repricing, Transaction } from '#core/model/timeline/contract.ts';
import { changeBetween, NO_CHANGE } from '#core/model/timeline/values.ts';
import { type Book, emptyBook, type Issued, insuredAt, issue } from './testing/book.ts';
import { type Edit, edited, newExposure, newPeril } from './testing/draft.ts';
import { content } from './testing/facts.ts';
import { coveredSpans, creation, type Life, live, lives } from './testing/history.ts';
import { PERILS } from './testing/insurer.ts';
import { instantOf, moment } from './testing/moments.ts';
import { LONG, tries } from './testing/tries.ts';

describe('the order of arrival', LONG, () => {
  it('TL2 never matters: endorsements that set different things, and a cancellation with a gap, give the same rows and amounts', () => {
    const arrivals = fc.record({
      life: lives({}, 1),
      renews: fc.boolean(),
      lapse: fc.option(fc.tuple(moment, moment)),
      visits: fc.array(fc.record({ when: moment, repricing: fc.constantFrom<Repricing>('changed', 'all', 'none') }), {
        minLength: 2,
        maxLength: 8,
      }),
      orders: fc.array(fc.array(fc.nat(1_000), { minLength: 9, maxLength: 9 }), { minLength: 2, maxLength: 2 }),
    });
    fc.assert(
      fc.property(arrivals, ({ life, renews, lapse, visits, orders }) => {
        const base = begun(life, renews);
        const gap = lapse ? gapOf(base, lapse) : undefined;
        const plans = plansOf(life, base, visits, gap);
        const [first, second] = orders.map((keys) => {
          const keyed = [...plans, ...(gap ? [gap] : [])].map((plan, i) => ({ plan, key: keys[i] ?? 0 }));
          const book = begun(life, renews).book;
          let timeline = base.issued.recorded;
          for (const { plan } of keyed.toSorted((a, b) => a.key - b.key)) timeline = carriedOut(book, plan);
          return content(timeline);
        });
        expect(first).toEqual(second);
      }),
      tries(150),
    );
  });
});

describe('a cancellation and its reinstatement without a gap', LONG, () => {
  it('TL17 is neutral to the cent, then and after everything that comes later', () => {
    fc.assert(
      fc.property(lives(), fc.nat(10), moment, (life, after, when) => {
        const plain: (readonly string[])[] = [];
        const { transactions, effects } = live(life, (_, { recorded }) => plain.push(content(recorded)));
        const book = emptyBook(life.insurer);
        let moved = 0;
        for (const [i, transaction] of transactions.entries()) {
          const { recorded } = issue(book, { ...transaction, order: i + moved }, effects[i]?.resolutions);
          expect(content(recorded)).toEqual(plain[i]);
          const taken = transactions.map(({ effective }) => effective);
          const at = moved === 0 && i >= after % transactions.length ? coveredSpans(recorded) : [];
          const effective = instantOf(when, at, taken, life.insurer.timeZone);
          if (effective === undefined) continue;
          issue(book, { kind: 'cancellation', locator: 'c', effective, order: i + 1 });
          const back = { kind: 'reinstatement', locator: 'r', effective, order: i + 2, cancellation: 'c' } as const;
          const restored = issue(book, back);
          expect(content(restored.recorded)).toEqual(plain[i]);
          expect(restored.priced).toEqual([]);
          moved = 2;
        }
      }),
      tries(150),
    );
  });
});

/** Something to be issued, whenever it arrives. */
type Plan =
  | {
      readonly effective: number;
      readonly repricing: Repricing;
      readonly locator: string;
      edit(insured: Insured): Insured;
    }
  | { readonly from: number; readonly to: number };

function begun(life: Life, renews: boolean): { readonly book: Book; readonly issued: Issued } {
  const book = emptyBook(life.insurer);
  const issued = issue(book, creation(life));
  if (!renews) return { book, issued };
  const end = life.end + (life.end - life.insurer.anchor);
  const renewal = {
    kind: 'renewal',
    locator: 'renewal',
    effective: life.end,
    order: 1,
    change: NO_CHANGE,
    end,
  } as const;
  return { book, issued: issue(book, renewal) };
}

function gapOf(
  { book, issued }: ReturnType<typeof begun>,
  moments: Parameters<typeof instantOf>[0][],
): Plan | undefined {
  const instants = moments.map(
    (when) => instantOf(when, coveredSpans(issued.recorded), [], book.insurer.timeZone) ?? 0,
  );
  const [from = 0, to = 0] = instants.toSorted((a, b) => a - b);
  return from < to ? { from, to } : undefined;
}

/** Endorsements that have nothing in common: each sets a thing of its own, and none meets a cancellation at its very instant. */
function plansOf(
  { exposures, insurer }: Life,
  { issued }: ReturnType<typeof begun>,
  visits: readonly { readonly when: Parameters<typeof instantOf>[0]; readonly repricing: Repricing }[],
  gap: Plan | undefined,
): readonly Plan[] {
  const edits = separateEdits(exposures);
  const taken: number[] = [];
  const plans = visits.flatMap(({ when, repricing }, i) => {
    const edit = edits[i];
    const effective = instantOf(when, coveredSpans(issued.recorded), taken, insurer.timeZone);
    if (!edit || effective === undefined) return [];
    if (gap && 'from' in gap && effective >= gap.from && effective <= gap.to) return [];
    taken.push(effective);
    return [{ effective, repricing, edit, locator: `e${i}` }];
  });
  // At one instant a change that is not rated and one that is do meet: what is rated then depends on who came first.
  const alone = (at: number): boolean => plans.filter(({ effective }) => effective === at).length === 1;
  return plans.map((plan) => (alone(plan.effective) ? plan : { ...plan, repricing: 'changed' }));
}

function separateEdits(exposures: Life['exposures']): readonly ((insured: Insured) => Insured)[] {
  const policy = (kind: Edit['kind'], name: string) => (insured: Insured) =>
    edited(insured, { kind, target: 0, value: 5 }, name);
  const last = exposures.length - 1;
  const first = exposures[0]?.perils ?? [];
  const [ended] = first.length > 1 ? first.slice(-1) : [];
  const missing = PERILS.find((name) => !first.includes(name));
  return [
    policy('policy size', ''),
    (insured) => onExposure(insured, 'b0', (on) => ({ ...on, fieldValues: { ...on.fieldValues, value: ['9'] } })),
    (insured) => onPeril(insured, 'b0', first[0] ?? '', (on) => ({ ...on, amounts: { deductible: '4' } })),
    (insured) => ({ ...insured, exposures: [...insured.exposures, newExposure('added', ['fire', 'flood'], 3)] }),
    ...(ended === undefined
      ? []
      : [
          (insured: Insured) =>
            onExposure(insured, 'b0', (on) => ({ ...on, perils: on.perils.filter(({ name }) => name !== ended) })),
        ]),
    (insured) => onPeril(insured, 'b0', first[0] ?? '', (on) => ({ ...on, fieldValues: { factor: ['3'] } })),
    policy('driver', 'driver'),
    ...(last > 0
      ? [
          (insured: Insured) => ({
            ...insured,
            exposures: insured.exposures.filter(({ locator }) => locator !== `b${last}`),
          }),
        ]
      : []),
    ...(missing === undefined
      ? []
      : [
          (insured: Insured) =>
            onExposure(insured, 'b0', (on) => ({
              ...on,
              perils: [...on.perils, newPeril(`b0-${missing}-new`, missing)],
            })),
        ]),
    policy('policy channel', ''),
  ];
}

function onExposure(insured: Insured, wanted: string, edit: (on: InsuredExposure) => InsuredExposure): Insured {
  return { ...insured, exposures: insured.exposures.map((on) => (on.locator === wanted ? edit(on) : on)) };
}

function onPeril(insured: Insured, exposure: string, name: string, edit: (on: InsuredPeril) => InsuredPeril): Insured {
  return onExposure(insured, exposure, (on) => ({
    ...on,
    perils: on.perils.map((peril) => (peril.name === name ? edit(peril) : peril)),
  }));
}

function carriedOut(book: Book, plan: Plan): Issued['recorded'] {
  const order = book.transactions.length;
  if ('from' in plan) {
    issue(book, { kind: 'cancellation', locator: 'c', effective: plan.from, order });
    const back = {
      kind: 'reinstatement',
      locator: 'r',
      effective: plan.to,
      order: order + 1,
      cancellation: 'c',
    } as const;
    return issue(book, back).recorded;
  }
  const { effective, locator, repricing, edit } = plan;
  const before = insuredAt(book, effective);
  const change = changeBetween(before, edit(before));
  const transaction: Transaction = { kind: 'endorsement', locator, effective, order, change, repricing };
  return issue(book, transaction).recorded;
}
