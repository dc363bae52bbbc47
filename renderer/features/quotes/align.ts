import { parseDecimal } from '#core/model/decimal.ts';
import type { Entity, ExposureEntity } from '../risk/form.ts';

/** One insured thing as the quotes have it: its position in each quote's exposures, undefined where it is not insured. */
export interface AlignedExposure {
  readonly name: string;
  readonly at: readonly (number | undefined)[];
}

/**
 * Which exposures of several quotes are the same thing. Copies have locators of their own, so it is found by what they are: the
 * same kind, then the most equal values, then the nearest position. Every exposure is in exactly one answer. Pure.
 */
export function alignExposures(quotes: readonly (readonly ExposureEntity[])[]): readonly AlignedExposure[] {
  const slots: { readonly name: string; readonly like: ExposureEntity; readonly at: (number | undefined)[] }[] = [];
  for (const [column, exposures] of quotes.entries()) {
    const pairs = slots.flatMap((slot, s) =>
      exposures.flatMap((exposure, e) =>
        exposure.name === slot.name ? [{ s, e, alike: alike(slot.like, exposure), apart: Math.abs(s - e) }] : [],
      ),
    );
    pairs.sort((a, b) => b.alike - a.alike || a.apart - b.apart || a.s - b.s || a.e - b.e);
    const taken = new Map<number, number>();
    for (const { s, e } of pairs) if (!taken.has(e) && ![...taken.values()].includes(s)) taken.set(e, s);
    for (const slot of slots) slot.at.push(undefined);
    for (const [e, exposure] of exposures.entries()) {
      const slot = slots[taken.get(e) ?? -1];
      if (slot) slot.at[column] = e;
      else
        slots.push({
          name: exposure.name,
          like: exposure,
          at: [...Array.from({ length: column }, () => undefined), e],
        });
    }
  }
  return slots.map(({ name, at }) => ({ name, at }));
}

/** How many values of two exposures are the same. */
function alike(a: ExposureEntity, b: ExposureEntity): number {
  return Object.entries(a.values).filter(([name, list]) => sameValues(list, b.values[name] ?? [])).length;
}

/** Equal values: numbers by their amount (`500` and `500.00`), other text by its characters. */
export function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => normal(value) === normal(b[i] ?? ''));
}

export function normal(value: string): string {
  return parseDecimal(value)?.toFixed() ?? value;
}

/** The values of a field in each entity; none where there is no entity. */
export function valuesOf(entities: readonly (Entity | undefined)[], field: string): readonly (readonly string[])[] {
  return entities.map((entity) => (entity?.values[field] ?? []).filter((value) => value.trim() !== ''));
}
