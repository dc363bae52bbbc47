import { Decimal } from './decimal.ts';
import type { Place } from './problem.ts';
import type { SectionStep, Worksheet, WorksheetStep } from './worksheet.ts';
import { type CalculationLeaf, changedLeaves, type LeafChange, leavesOf } from './worksheet-leaves.ts';

/** What moved a price, with what it moved it by. Amounts are decimal text in the price's currency. */
export interface MovedStep {
  /**
   * `value`: a table, an input or a number of the logic that is another one; `together`: several of them at once, which can not be told
   * apart; `part`: a cover, tax or fee that only one side has; `charge`: a tax or fee; `rounding`: what the rounding of the
   * amounts leaves over.
   */
  readonly kind: 'value' | 'together' | 'part' | 'charge' | 'rounding';
  /** Names the step in both worksheets: steps of one name in several covers are added up. */
  readonly key: string;
  readonly label: string;
  readonly difference: string;
  /** What it was and is, where it is one value in one place or the same everywhere. */
  readonly before?: string;
  readonly after?: string;
  /** Covers in which it moved something. */
  readonly parts: readonly string[];
  readonly place?: Place;
}
export interface WorksheetDifference {
  readonly before: string;
  readonly after: string;
  /** Add up to after − before, to the cent. */
  readonly steps: readonly MovedStep[];
}

/** What the reader calls the steps that no table or field names. */
export interface DifferenceNames {
  readonly rounding: string;
  readonly added: (part: string) => string;
  readonly removed: (part: string) => string;
}
const NAMES: DifferenceNames = {
  rounding: 'Rounding',
  added: (part) => `${part} (added)`,
  removed: (part) => `${part} (removed)`,
};

/**
 * Why a price moved (IM20 to IM24): the values of the earlier worksheet are replaced by those of the later one, one after another
 * in the order in which the later one uses them, and each is charged with what its replacement does to the amount. Where the amount
 * is no product of its values this can not be said of each: they then stand in one step.
 */
export function worksheetDifference(
  before: Worksheet,
  after: Worksheet,
  names: DifferenceNames = NAMES,
): WorksheetDifference {
  const [was, is] = [partsOf(before), partsOf(after)];
  const moved = new Moved();
  let rounding = new Decimal(0);
  for (const key of new Set([...is.keys(), ...was.keys()])) {
    const [earlier, later] = [was.get(key), is.get(key)];
    if (earlier && later) rounding = rounding.plus(substitute(earlier, later, moved));
    else if (later) moved.add({ kind: 'part', key, label: names.added(later.title) }, later.amount, later.title);
    else if (earlier)
      moved.add({ kind: 'part', key, label: names.removed(earlier.title) }, earlier.amount.neg(), earlier.title);
  }
  const total = (parts: ReadonlyMap<string, Part>) =>
    [...parts.values()].reduce((sum, { amount }) => sum.plus(amount), new Decimal(0));
  if (!rounding.isZero()) moved.add({ kind: 'rounding', key: 'rounding', label: names.rounding }, rounding, '');
  return { before: total(was).toFixed(), after: total(is).toFixed(), steps: moved.steps };
}

/** An amount of a worksheet: the premium of a cover, a tax of it, a fee. */
interface Part {
  readonly kind: 'premium' | 'tax' | 'fee';
  readonly name: string;
  readonly title: string;
  readonly amount: Decimal;
  readonly leaves: readonly CalculationLeaf[];
  /** What the roundings on the way took or gave. */
  readonly rounded: Decimal;
}

/** The amounts by a name that both sides share: covers are known by exposure and peril, not by locators. */
function partsOf(worksheet: Worksheet): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  const add = (key: string, part: Part): void => {
    let unique = key;
    for (let i = 2; parts.has(unique); i += 1) unique = `${key} (${i})`;
    parts.set(unique, part);
  };
  const walk = (
    steps: readonly WorksheetStep[],
    path: readonly string[],
    outside: readonly CalculationLeaf[],
  ): void => {
    // A plugin prices all covers in one run, before their sections: its values belong to each of them.
    const shared = [...outside, ...leavesOf(steps)];
    for (const step of steps) {
      if (step.kind !== 'section') continue;
      const title = [...path, step.title].join(' / ');
      const premium = amountIn(step, 'premium');
      if (premium) {
        const leaves = [...shared, ...leavesOf(step.steps)];
        add(`premium ${title}`, {
          kind: 'premium',
          name: title,
          title,
          amount: premium,
          leaves,
          rounded: roundedIn(step),
        });
        taxes(step, title);
      } else if (step.title === 'Fees') fees(step);
      else if (hasAmounts(step.steps)) walk(step.steps, [...path, step.title], shared);
    }
  };
  const taxes = (step: SectionStep, title: string): void => {
    for (const inner of step.steps) {
      const name = inner.kind === 'section' ? /^Tax (.+)$/.exec(inner.title)?.[1] : undefined;
      if (inner.kind !== 'section' || name === undefined) continue;
      const amount = amountIn(inner, `tax ${name}`);
      if (amount)
        add(`tax ${title} ${name}`, {
          kind: 'tax',
          name,
          title: `${title} / ${name}`,
          amount,
          leaves: [],
          rounded: zero,
        });
    }
  };
  const fees = (step: SectionStep): void => {
    for (const inner of step.steps) {
      const name = inner.kind === 'round' ? /^fee (.+)$/.exec(inner.what)?.[1] : undefined;
      if (inner.kind === 'round' && name !== undefined)
        add(`fee ${name}`, {
          kind: 'fee',
          name,
          title: name,
          amount: new Decimal(inner.to),
          leaves: [],
          rounded: zero,
        });
    }
  };
  walk(worksheet.steps, [], pluginLeaves(worksheet.steps));
  return parts;
}

const zero = new Decimal(0);

/** Values of runs that stand in sections of their own beside the covers. */
function pluginLeaves(steps: readonly WorksheetStep[]): readonly CalculationLeaf[] {
  return steps.flatMap((step) =>
    step.kind === 'section' &&
    step.title !== 'Fees' &&
    step.title !== 'Totals' &&
    !hasAmounts(step.steps) &&
    !amountIn(step, 'premium')
      ? [...leavesOf(step.steps), ...pluginLeaves(step.steps)]
      : [],
  );
}

function hasAmounts(steps: readonly WorksheetStep[]): boolean {
  return steps.some(
    (step) => step.kind === 'section' && (amountIn(step, 'premium') !== undefined || hasAmounts(step.steps)),
  );
}

/** The stored amount: its last rounding. */
function amountIn(section: SectionStep, what: string): Decimal | undefined {
  const last = section.steps.findLast((step) => step.kind === 'round' && step.what === what);
  return last?.kind === 'round' ? new Decimal(last.to) : undefined;
}

function roundedIn(section: SectionStep): Decimal {
  return section.steps.reduce(
    (sum, step) => (step.kind === 'round' ? sum.plus(new Decimal(step.to).minus(step.from).abs()) : sum),
    new Decimal(0),
  );
}

/** Steps by their keys, in the order in which they were met. */
class Moved {
  readonly #steps = new Map<
    string,
    { step: Omit<MovedStep, 'difference' | 'parts'>; difference: Decimal; parts: Set<string> }
  >();

  add(step: Omit<MovedStep, 'difference' | 'parts'>, difference: Decimal, part: string): void {
    const known = this.#steps.get(step.key);
    if (!known) {
      this.#steps.set(step.key, { step, difference, parts: new Set(part ? [part] : []) });
      return;
    }
    known.difference = known.difference.plus(difference);
    if (part) known.parts.add(part);
    if (known.step.before !== step.before || known.step.after !== step.after) {
      const { before: _was, after: _is, ...rest } = known.step;
      known.step = rest;
    }
  }

  get steps(): readonly MovedStep[] {
    return [...this.#steps.values()]
      .filter(({ difference }) => !difference.isZero())
      .map(({ step, difference, parts }) => ({ ...step, difference: difference.toFixed(), parts: [...parts] }));
  }
}

/** Charges the changes of one amount to its values. @returns the rounding residue */
function substitute(earlier: Part, later: Part, moved: Moved): Decimal {
  const difference = later.amount.minus(earlier.amount);
  if (difference.isZero()) return zero;
  const { title } = later;
  if (later.kind !== 'premium') {
    moved.add({ kind: 'charge', key: `${later.kind} ${later.name}`, label: later.name }, difference, title);
    return zero;
  }
  const changes = changedLeaves(earlier.leaves, later.leaves);
  const [only] = changes;
  if (only && changes.length === 1) {
    moved.add(stepOf(only), difference, title);
    return zero;
  }
  // What was looked up first; a number that was only the key of a table is no factor of its own.
  const lookups = changes.filter(({ kind }) => kind === 'lookup' || kind === 'number');
  for (const factors of [lookups, changes.filter(({ kind }) => kind !== 'formula' && kind !== 'rule')]) {
    const amounts = replaced(earlier.amount, factors);
    const last = amounts?.at(-1);
    if (!amounts || !last) continue;
    const residue = later.amount.minus(last);
    if (residue.abs().greaterThan(tolerance(earlier, later))) continue;
    factors.forEach((factor, at) => {
      moved.add(stepOf(factor), (amounts[at] ?? zero).minus(amounts[at - 1] ?? earlier.amount), title);
    });
    return residue;
  }
  const label = [...new Set(changes.map((change) => change.label))].join(', ') || title;
  moved.add({ kind: 'together', key: `together ${label}`, label }, difference, title);
  return zero;
}

/** The amount after each replacement, rounded as stored amounts are; undefined where a value is no factor. */
function replaced(amount: Decimal, factors: readonly LeafChange[]): readonly Decimal[] | undefined {
  let product = amount;
  const amounts: Decimal[] = [];
  for (const { before = '1', after = '1' } of factors) {
    const [was, is] = [numberIn(before), numberIn(after)];
    if (!was || !is || was.isZero()) return undefined;
    product = product.times(is).div(was);
    amounts.push(product.toDecimalPlaces(Math.max(2, amount.decimalPlaces()), Decimal.ROUND_HALF_UP));
  }
  return amounts;
}

function numberIn(text: string): Decimal | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? new Decimal(text) : undefined;
}

/** How far roundings on the way can lead a product astray: by what they took on both sides, at the later one's scale. */
function tolerance(earlier: Part, later: Part): Decimal {
  const scale = earlier.amount.isZero() ? new Decimal(1) : Decimal.max(1, later.amount.div(earlier.amount).abs());
  return earlier.rounded.plus(later.rounded).times(scale).plus('0.02');
}

function stepOf({ key, label, before, after, place }: LeafChange): Omit<MovedStep, 'difference' | 'parts'> {
  return {
    kind: 'value',
    key,
    label,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(place ? { place } : {}),
  };
}
