import { isObject, own } from './kit.ts';

/** Where a bare name was found: the object that holds it and the path of that object. */
export interface Found {
  readonly values: Record<string, unknown>;
  readonly path: string;
}

/**
 * A bare name that nothing assigned and that the scope does not have (`vehicle_value` in the seed's guidelines): the policy's field,
 * then the field of the exposure at hand, then the field of the only exposure that has it (settled questions, 9; rule L36).
 */
export function findField(scope: Record<string, unknown>, name: string): Found | undefined {
  const data = object(scope, 'data');
  if (!data) return undefined;
  const policy = object(data, 'policy');
  const candidates = [
    fieldValues(data, 'data', 'policy_characteristics'),
    policy && currentRow(policy, 'data.policy'),
    fieldValues(data, 'data', 'exposure_characteristics'),
    policy && onlyExposure(policy, name),
  ];
  return candidates.find((found) => found !== undefined && Object.hasOwn(found.values, name));
}

function onlyExposure(policy: Record<string, unknown>, name: string): Found | undefined {
  const exposures = own(policy, 'exposures');
  if (!Array.isArray(exposures)) return undefined;
  const found = exposures
    .map((exposure, i) => (isObject(exposure) ? currentRow(exposure, `data.policy.exposures[${i}]`) : undefined))
    .filter((row) => row !== undefined && Object.hasOwn(row.values, name));
  return found.length === 1 ? found[0] : undefined;
}

/** The values of the last row that nothing has replaced, or of the last row. */
function currentRow(entity: Record<string, unknown>, path: string): Found | undefined {
  const rows = own(entity, 'characteristics');
  if (!Array.isArray(rows)) return undefined;
  const isCurrent = (row: unknown): boolean => isObject(row) && (own(row, 'replaced_timestamp') ?? null) === null;
  const current = rows.findLastIndex(isCurrent);
  const index = current < 0 ? rows.length - 1 : current;
  const row: unknown = rows[index];
  const values = isObject(row) ? object(row, 'field_values') : undefined;
  return values && { values, path: `${path}.characteristics[${index}].field_values` };
}

function fieldValues(data: Record<string, unknown>, path: string, name: string): Found | undefined {
  const row = object(data, name);
  const values = row && object(row, 'field_values');
  return values && { values, path: `${path}.${name}.field_values` };
}

function object(holder: Record<string, unknown>, name: string): Record<string, unknown> | undefined {
  const value = own(holder, name);
  return isObject(value) ? value : undefined;
}
