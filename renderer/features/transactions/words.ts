import type { ProductForm } from '#core/api/contract.ts';
import type { ProductLifecycle } from '#core/api/contracts/transactions.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { Difference, ExposureName } from '#core/model/timeline/differences.ts';
import { titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { perilTitle } from '../risk/form.ts';
import type { Transaction } from './queries.ts';

/** What a transaction is called: its kind, and what the configuration calls it. */
export function transactionTitle({ kind, name, displayName }: Pick<Transaction, 'kind' | 'name' | 'displayName'>): {
  readonly kind: string;
  readonly name: string;
} {
  const kinds: Readonly<Record<string, string>> = text.transactions.kinds;
  const named = kind === 'endorsement' || kind === 'cancellation';
  return { kind: kinds[kind] ?? titled(kind), name: named ? (displayName ?? titled(name)) : '' };
}

/** "Vehicle 2 · Collision · Deductible": the place of a difference, as the screens name it. */
export function placeOf(product: ProductForm, difference: Difference): string {
  const { exposure, peril, field, repeat } = difference;
  const definition = product.exposures.find(({ name }) => name === exposure?.name);
  const fields = exposure
    ? peril
      ? (definition?.perils.find(({ name }) => name === peril)?.fields ?? [])
      : (definition?.fields ?? [])
    : product.fields;
  return [
    exposure ? exposureTitle(product, exposure) : undefined,
    peril ? perilTitle(product, peril) : undefined,
    field ? fieldTitle(fields, field) : undefined,
    repeat
      ? `${repeat.number} ${fieldTitle(fields.find(({ name }) => name === field)?.fields ?? [], repeat.field)}`
      : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function exposureTitle(product: ProductForm, { name, number }: ExposureName): string {
  const title = product.exposures.find((exposure) => exposure.name === name)?.displayName ?? titled(name);
  return number === undefined ? title : `${title} ${number}`;
}

/** What stands in a difference, before and after, for a reader. */
export function valuesOf({ what, before, after }: Difference): readonly [string, string] {
  if (what === 'added') return ['–', text.transactions.details.added];
  if (what === 'ended') return [text.transactions.details.ended, '–'];
  return [before ?? '–', after ?? '–'];
}

function fieldTitle(fields: readonly FieldDefinition[], name: string): string {
  const amounts: Readonly<Record<string, string>> = text.risk.amounts;
  return fields.find((field) => field.name === name)?.title ?? amounts[name] ?? titled(name);
}

/** The exposures of a policy by locator, numbered among those of their name. */
export function exposureTitlesBy(product: ProductForm, policy: PolicyResponse): ReadonlyMap<string, string> {
  return new Map(
    policy.exposures.map(({ locator, name }) => {
      const same = policy.exposures.filter((exposure) => exposure.name === name);
      const number = same.findIndex((exposure) => exposure.locator === locator) + 1;
      return [locator, exposureTitle(product, { locator, name, ...(same.length > 1 ? { number } : {}) })];
    }),
  );
}

/** What a path of the timeline (`exposure 1.vehicle_value`, `peril group.deductible`) is called on the screens. */
export function settingTitle(product: ProductForm, policy: PolicyResponse, path: string): string {
  const titles = exposureTitlesBy(product, policy);
  const [entity = '', ...rest] = path.split('.');
  const [kind, locator = ''] = entity.split(' ');
  const setting = rest.at(-1);
  const found = policy.exposures
    .flatMap((exposure) => [{ exposure, peril: undefined }, ...exposure.perils.map((peril) => ({ exposure, peril }))])
    .find(({ exposure, peril }) =>
      kind === 'exposure'
        ? !peril && exposure.locator === locator
        : peril !== undefined && (peril.renewalGroup === locator || peril.locator === locator),
    );
  const definition = product.exposures.find(({ name }) => name === found?.exposure.name);
  const fields =
    kind === 'policy'
      ? product.fields
      : found?.peril
        ? (definition?.perils.find(({ name }) => name === found.peril?.name)?.fields ?? [])
        : (definition?.fields ?? []);
  const everywhere = fields.flatMap((field) => [field, ...(field.fields ?? [])]);
  const parts = [
    kind === 'policy' ? undefined : (titles.get(found?.exposure.locator ?? '') ?? titled(kind ?? '')),
    found?.peril ? perilTitle(product, found.peril.name) : undefined,
    setting === undefined ? undefined : fieldTitle(everywhere, setting),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(' · ') : path;
}

/** What the configuration calls a tax or fee. */
export function chargeTitle({ fees, taxes }: ProductLifecycle, type: string, name: string): string {
  const definitions = type === 'tax' ? taxes : fees;
  return definitions.find((definition) => definition.name === name)?.displayName ?? titled(name);
}
