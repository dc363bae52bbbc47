import type { JsonValue } from '#core/model/json.ts';
import { PERIL_AMOUNTS, type Product } from '#core/model/product.ts';
import type { SampleExposure, SamplePeril, SamplePolicy, SampleRequest } from '#core/product/sample.ts';
import type { Target } from '../rating/csv-columns.ts';

type Values = SamplePolicy['fieldValues'];

/** The same risk with one value set; undefined when it has no such place (the third vehicle of two). */
export function withValue(request: SampleRequest, at: Target, value: string): SampleRequest | undefined {
  if (!('field' in at) || at.field === undefined) return undefined;
  const { name, repeatable, amount } = at.field;
  const given = repeatable ? [value] : value;
  const { policy, policyholder } = request;
  if (at.kind !== 'exposure' && at.kind !== 'peril')
    return at.kind === 'holder'
      ? { ...request, policyholder: { values: { ...policyholder.values, [name]: [value] } } }
      : { ...request, policy: { ...policy, fieldValues: { ...policy.fieldValues, [name]: given } } };
  return changedExposure(request, at.exposure, (exposure) => {
    if (at.kind === 'exposure') return { ...exposure, fieldValues: { ...exposure.fieldValues, [name]: given } };
    if (!exposure.perils.some((peril) => peril.name === at.peril)) return undefined;
    const perils = exposure.perils.map((peril): SamplePeril => {
      if (peril.name !== at.peril) return peril;
      return amount ? { ...peril, [name]: value } : { ...peril, fieldValues: { ...peril.fieldValues, [name]: given } };
    });
    return { ...exposure, perils };
  });
}

function changedExposure(
  request: SampleRequest,
  { name, index }: { readonly name: string; readonly index: number },
  change: (exposure: SampleExposure) => SampleExposure | undefined,
): SampleRequest | undefined {
  const { exposures } = request.policy;
  const places = exposures.flatMap((exposure, place) => (exposure.exposureName === name ? [place] : []));
  const place = places[index];
  const found = place === undefined ? undefined : exposures[place];
  const changed = found && change(found);
  if (!changed) return undefined;
  const replaced = exposures.map((exposure, at) => (at === place ? changed : exposure));
  return { ...request, policy: { ...request.policy, exposures: replaced } };
}

/**
 * Simpler risks, the boldest first: without an exposure, without a peril, without an optional value, with a field at its simplest
 * value. Whether one of them is still a risk that can be priced is for the caller to find out (PT14).
 * @param fixed dotted names whose values stay
 */
export function* simpler(
  request: SampleRequest,
  product: Product,
  fixed: ReadonlySet<string>,
): Generator<SampleRequest> {
  const { policy, policyholder } = request;
  const withPolicy = (change: Partial<SamplePolicy>): SampleRequest => ({
    ...request,
    policy: { ...policy, ...change },
  });
  const { exposures } = policy;
  // From the last: `vehicle[0]` keeps its name when `vehicle[1]` goes.
  for (let at = exposures.length - 1; at >= 0; at -= 1) {
    const key = dottedExposure(exposures, at);
    if ([...fixed].some((name) => name.startsWith(`${key}.`))) continue;
    yield withPolicy({ exposures: exposures.filter((_, place) => place !== at) });
  }
  for (const [at, exposure] of exposures.entries()) {
    const replace = (changed: SampleExposure): SampleRequest =>
      withPolicy({ exposures: exposures.map((one, place) => (place === at ? changed : one)) });
    const definition = product.exposures.find(({ name }) => name === exposure.exposureName);
    const key = dottedExposure(exposures, at);
    for (const { name } of exposure.perils) {
      if ([...fixed].some((field) => field.startsWith(`${key}.${name}.`)) || exposure.perils.length === 1) continue;
      yield replace({ ...exposure, perils: exposure.perils.filter((peril) => peril.name !== name) });
    }
    for (const values of simplerValues(exposure.fieldValues, definition?.fields ?? [], `${key}.`, fixed))
      yield replace({ ...exposure, fieldValues: values });
    if (exposure.fieldGroups.length > 0) yield replace({ ...exposure, fieldGroups: [] });
    for (const peril of exposure.perils) {
      const fields = definition?.perils.find(({ name }) => name === peril.name)?.fields ?? [];
      const change = (changed: SamplePeril): SampleRequest =>
        replace({ ...exposure, perils: exposure.perils.map((one) => (one === peril ? changed : one)) });
      for (const values of simplerValues(peril.fieldValues, fields, `${key}.${peril.name}.`, fixed))
        yield change({ ...peril, fieldValues: values });
      for (const amount of PERIL_AMOUNTS) {
        if (peril[amount] === undefined || fixed.has(`${key}.${peril.name}.${amount}`)) continue;
        const { [amount]: _, ...rest } = peril;
        yield change(rest);
      }
    }
  }
  for (const values of simplerValues(policy.fieldValues, product.fields, 'policy.', fixed))
    yield withPolicy({ fieldValues: values });
  if (policy.fieldGroups.length > 0) yield withPolicy({ fieldGroups: [] });
  for (const name of Object.keys(policyholder.values)) {
    if (fixed.has(`policyholder.${name}`)) continue;
    const { [name]: _, ...values } = policyholder.values;
    yield { ...request, policyholder: { values } };
  }
}

function dottedExposure(exposures: readonly SampleExposure[], at: number): string {
  const name = exposures[at]?.exposureName ?? '';
  const index = exposures.slice(0, at).filter(({ exposureName }) => exposureName === name).length;
  return `${name}[${index}]`;
}

function* simplerValues(
  values: Values,
  fields: Product['fields'],
  prefix: string,
  fixed: ReadonlySet<string>,
): Generator<Values> {
  for (const field of fields) {
    const value = values[field.name];
    if (value === undefined || fixed.has(`${prefix}${field.name}`)) continue;
    if (field.optional) {
      const { [field.name]: _, ...rest } = values;
      yield rest;
    }
    for (const simple of simplestOf(field, typeof value === 'string' ? value : (value[0] ?? '')))
      yield { ...values, [field.name]: field.repeatable ? [simple] : simple };
  }
}

/** Simpler values than this one: the first option; numbers nearer to the smallest that is allowed, from far to near. */
function simplestOf(field: Product['fields'][number], value: string): readonly string[] {
  if (field.type === 'select') {
    const [first] = field.values ?? [];
    return first === undefined || first === value ? [] : [first];
  }
  if (field.type !== 'number') return [];
  const number = Number(value);
  const low = Math.max(Number(field.minimum ?? 0), Math.min(0, Number(field.maximum ?? 0)));
  if (!Number.isFinite(number) || number === low) return [];
  const half = low + Math.trunc((number - low) / 2);
  const round = Number(number.toPrecision(1));
  const next = number > low ? number - 1 : number + 1;
  return [...new Set([low, round, half, next])]
    .filter((one) => Math.abs(one - low) < Math.abs(number - low) && one >= low)
    .map(String);
}

/** As JSON that can be quoted. */
export function asRequest(request: SampleRequest): JsonValue {
  return request as unknown as JsonValue;
}
