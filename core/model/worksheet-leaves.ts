import type { Place } from './problem.ts';
import type { WorksheetStep } from './worksheet.ts';

/** A value that a calculation starts from: everything else in its worksheet follows from such values. */
export interface CalculationLeaf {
  /** `number`: one that the author wrote; `formula`: how a value is made; `rule`: a condition, and whether it held. */
  readonly kind: 'lookup' | 'input' | 'number' | 'formula' | 'rule';
  /** The same in two worksheets of one product: what it is, and which time it was met. */
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly place?: Place;
}
export interface LeafChange extends Omit<CalculationLeaf, 'value'> {
  /** Absent where only the other side has it. */
  readonly before?: string;
  readonly after?: string;
}

const NUMBER = /^\s*-?\d+(\.\d+)?\s*$/;

/** The leaves among these steps, in their order; not those of sections inside, which are amounts of their own or runs of others. */
export function leavesOf(steps: readonly WorksheetStep[]): readonly CalculationLeaf[] {
  const met = new Map<string, number>();
  const leaves: CalculationLeaf[] = [];
  for (const step of steps) {
    const leaf = leafOf(step);
    if (!leaf) continue;
    const times = (met.get(leaf.key) ?? 0) + 1;
    met.set(leaf.key, times);
    leaves.push(times === 1 ? leaf : { ...leaf, key: `${leaf.key} (${times})` });
  }
  return leaves;
}

function leafOf(step: WorksheetStep): CalculationLeaf | undefined {
  const place = step.place ? { place: step.place } : {};
  switch (step.kind) {
    case 'lookup':
      return { kind: 'lookup', key: `lookup ${step.table}`, label: step.table, value: step.value ?? '', ...place };
    case 'input': {
      if (typeof step.value === 'object') return undefined;
      const label = step.path.split('.').at(-1) ?? step.path;
      return { kind: 'input', key: `input ${step.path}`, label, value: String(step.value), ...place };
    }
    case 'assign': {
      const { name: label, expression, value } = step;
      // What is made of others is a leaf by how it is made: only another way of making it is a cause.
      if (expression === undefined) return undefined;
      if (NUMBER.test(expression))
        return { kind: 'number', key: `number ${label}`, label, value: String(value), ...place };
      return { kind: 'formula', key: `formula ${label}`, label, value: expression, ...place };
    }
    case 'branch':
      return {
        kind: 'rule',
        key: `rule ${step.condition}`,
        label: step.condition,
        value: String(step.taken),
        ...place,
      };
    default:
      return undefined;
  }
}

/** The leaves that differ, in the order of the later side; those that only the earlier one has come last. */
export function changedLeaves(
  before: readonly CalculationLeaf[],
  after: readonly CalculationLeaf[],
): readonly LeafChange[] {
  const earlier = new Map(before.map((leaf) => [leaf.key, leaf]));
  const later = new Set(after.map(({ key }) => key));
  const changes: LeafChange[] = [];
  for (const { value, ...leaf } of after) {
    const was = earlier.get(leaf.key)?.value;
    if (was !== value) changes.push({ ...leaf, ...(was === undefined ? {} : { before: was }), after: value });
  }
  for (const { value, ...leaf } of before) if (!later.has(leaf.key)) changes.push({ ...leaf, before: value });
  return changes;
}
