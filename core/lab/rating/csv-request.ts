import type { Product } from '#core/model/product.ts';
import type { Target } from './csv-columns.ts';

type Values = Record<string, string | string[]>;
interface Entity {
  fieldValues: Values;
  fieldGroups: { fieldName: string; fieldValues: Values }[];
}
interface PerilRow extends Entity {
  name: string;
  [amount: string]: unknown;
}
interface ExposureRow extends Entity {
  exposureName: string;
  perils: PerilRow[];
}

/** Cells that say no, as people and programs write it. */
const NO = new Set(['', '0', 'no', 'n', 'false', 'none', '-']);

/**
 * One row of a CSV book as a request (BR11). An exposure is there when one of its cells is filled; a peril when its own column says
 * so or one of its cells is filled; an exposure none of whose perils has a column gets all of them. A cell of a repeatable field
 * holds its values separated by `|`.
 */
export function requestOfRow(
  cells: readonly string[],
  targets: readonly (Target | undefined)[],
  product: Product,
): object {
  const policyholder: Values = {};
  const policy: Entity & Record<string, unknown> = { ...entity() };
  const exposures = new Map<string, ExposureRow>();
  const columned = new Set<string>();
  let key: string | undefined;
  const exposureAt = ({ name, index }: { readonly name: string; readonly index: number }): ExposureRow => {
    const id = `${name} ${index}`;
    const known = exposures.get(id);
    if (known) return known;
    const made: ExposureRow = { exposureName: name, ...entity(), perils: [] };
    exposures.set(id, made);
    return made;
  };
  targets.forEach((target, i) => {
    const cell = (cells[i] ?? '').trim();
    if (!target) return;
    if (target.kind === 'peril') columned.add(`${target.exposure.name} ${target.exposure.index}`);
    if (cell === '') return;
    switch (target.kind) {
      case 'key':
        key = cell;
        return;
      case 'start':
        policy.policyStartTimestamp = cell;
        return;
      case 'end':
        policy.policyEndTimestamp = cell;
        return;
      case 'currency':
        policy.currency = cell;
        return;
      case 'schedule':
        policy.paymentScheduleName = cell;
        return;
      case 'holder':
        policyholder[target.field.name] = cellValue(cell, target.field.repeatable);
        return;
      case 'policy':
        set(policy, target.field, cell);
        return;
      case 'exposure':
        set(exposureAt(target.exposure), target.field, cell);
        return;
      case 'peril': {
        if (!target.field && NO.has(cell.toLowerCase())) return;
        const exposure = exposureAt(target.exposure);
        const found = exposure.perils.find(({ name }) => name === target.peril);
        const peril: PerilRow = found ?? { name: target.peril, ...entity() };
        if (!found) exposure.perils.push(peril);
        if (target.field?.amount) peril[target.field.name] = cell;
        else if (target.field) set(peril, target.field, cell);
      }
    }
  });
  for (const [id, exposure] of exposures)
    if (!columned.has(id))
      exposure.perils = (product.exposures.find(({ name }) => name === exposure.exposureName)?.perils ?? []).map(
        ({ name }) => ({ name, ...entity() }),
      );
  return {
    ...(key === undefined ? {} : { key }),
    policyholder: { values: policyholder },
    policy: { ...policy, exposures: [...exposures.values()] },
  };
}

const entity = (): Entity => ({ fieldValues: {}, fieldGroups: [] });

type Field = Extract<Target, { kind: 'exposure' }>['field'];
function set(of: Entity, field: Field, cell: string): void {
  const value = cellValue(cell, field.repeatable);
  if (!field.group) {
    of.fieldValues[field.name] = value;
    return;
  }
  const { name, index } = field.group;
  const repeats = of.fieldGroups.filter(({ fieldName }) => fieldName === name);
  for (let missing = index - repeats.length; missing >= 0; missing -= 1) {
    const made = { fieldName: name, fieldValues: {} };
    of.fieldGroups.push(made);
    repeats.push(made);
  }
  const repeat = repeats[index];
  if (repeat) repeat.fieldValues[field.name] = value;
}

function cellValue(cell: string, repeatable: boolean): string | string[] {
  return repeatable ? cell.split('|').map((one) => one.trim()) : cell;
}
