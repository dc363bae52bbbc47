import { FIRST, SERIES, type Series } from '#core/desk/numbers.ts';
import type { EntryBody } from '#core/store/entry.ts';
import type { TenantSetBack } from '../database/directory.ts';
import type { Scope } from '../database/scope.ts';

/** So many numbers of a series are passed over when the cloud is set back: what was granted in what is lost is among them (CL69). */
const PASSED_OVER = 1_000_000;
/** The command with which a device keeps a range that it was granted (core/sync/client/numbers.ts). */
const KEEPS = 'numbers.grant';

/** The first number of each series that is granted since a cloud was set back. @param last the last that it knows of, by series */
export function firstSince(last: ReadonlyMap<string, number>): Readonly<Record<Series, number>> {
  const of = (series: Series): number => Math.max(FIRST[series] - 1, last.get(series) ?? 0) + PASSED_OVER + 1;
  return Object.fromEntries(SERIES.map((series) => [series, of(series)])) as Record<Series, number>;
}

/**
 * Ranges that the lost part of the log had granted come again with the entries that kept them: whoever says first that it was his has
 * it, below what is granted since, and where nobody else has any of it.
 */
export async function takeGrantsBack(
  scope: Scope,
  { numbers }: TenantSetBack,
  device: string,
  entries: readonly EntryBody[],
): Promise<void> {
  const kept = entries.flatMap(({ command, arguments: given }) => {
    const { series, first, last } = given;
    const isRange = typeof series === 'string' && Number.isSafeInteger(first) && Number.isSafeInteger(last);
    if (command !== KEEPS || !isRange) return [];
    const range = { series, first: Number(first), last: Number(last) };
    return range.first >= 1 && range.first <= range.last && range.last < (numbers[series] ?? 0) ? [range] : [];
  });
  for (const { series, first, last } of kept)
    await scope.rows(
      'grant-again',
      `INSERT INTO granted_range (tenant, series, first, last, device) SELECT $1::uuid, $2, $3::bigint, $4::bigint, $5
       WHERE NOT EXISTS (SELECT 1 FROM granted_range WHERE tenant = $1 AND series = $2 AND first <= $4 AND last >= $3)`,
      [series, first, last, device],
    );
}
