import type { RiskSummary } from '#core/api/contracts/desk.ts';

/** The risks that are selected, by locator: they stay selected while the list is scrolled, sorted or filtered. */
export type Selection = ReadonlyMap<string, RiskSummary>;

/** Selects one, or takes it out. */
export function toggled(selection: Selection, risk: RiskSummary): Selection {
  const after = new Map(selection);
  if (!after.delete(risk.locator)) after.set(risk.locator, risk);
  return after;
}

/** Adds everything between two places of the list, both included, as far as it is loaded. */
export function withRange(
  selection: Selection,
  from: number,
  to: number,
  at: (index: number) => RiskSummary | undefined,
): Selection {
  const after = new Map(selection);
  for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) {
    const risk = at(index);
    if (risk) after.set(risk.locator, risk);
  }
  return after;
}
