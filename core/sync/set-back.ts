import type { JsonObject } from '#core/model/json.ts';
import type { RecordKey } from '#core/store/replica/contract.ts';
import { namedBy } from './aggregate.ts';

/** A time that a cloud was set back to a backup: from `position` on its log is another one (SY96). */
export interface SetBack {
  readonly id: string;
  /** Last position that was kept. */
  readonly position: number;
  /** The time that the backup was of, milliseconds. */
  readonly at: number;
}

/** With every request but a greeting: the last setting back that a device was told of, empty where there is none. Another one is refused (SY97). */
export const SINCE_HEADER = 'fieldwriter-since';

/** Whether the cloud says nothing of what this device knows it went through, and nothing new either: whoever set it back did not say so (SY93). */
export function forgets(mine: readonly SetBack[], theirs: readonly SetBack[]): boolean {
  return theirs.length < mine.length && theirs.every(({ id }, i) => id === mine[i]?.id);
}

/**
 * Up to where two logs are the same, by what each of them went through, oldest first (SY96). Undefined: they are one.
 * A backup may be older than an earlier setting back: then only what both went through counts, and each side's first own cut.
 */
export function agreedUpTo(mine: readonly SetBack[], theirs: readonly SetBack[]): number | undefined {
  let same = 0;
  while (same < mine.length && mine[same]?.id === theirs[same]?.id) same += 1;
  const apart = [...mine.slice(same), ...theirs.slice(same)];
  return apart.length === 0 ? undefined : Math.min(...apart.map(({ position }) => position));
}

/** For so long a device lets those go first on whose lost work its own rests, milliseconds: a laptop that is lost holds nobody up for ever. */
export const LETS_GO_FIRST = 10 * 60_000;

/** The store's command that forgets a person (core/store/open.ts). */
export const ERASURE = 'person.erase';

interface Changed {
  readonly command: string;
  /** Place that it had in what the log lost; null: none. */
  readonly lostAt: number | null;
  readonly changes: readonly (RecordKey & { readonly record: JsonObject | null })[];
}
/** By name of a record, where work of others changed it first that stands aside. */
export type Aside = ReadonlyMap<string, number>;

export function asideOf(entries: readonly Changed[]): Aside {
  const first = new Map<string, number>();
  for (const { lostAt, changes } of entries)
    for (const change of changes)
      first.set(nameOf(change), Math.min(lostAt ?? Infinity, first.get(nameOf(change)) ?? Infinity));
  return first;
}

/**
 * How many of these entries go now: up to the first that changes, or names, a record that others had changed before, in work that has
 * not come again (SY97). So what was lost comes again in an order in which it was made, whoever comes first.
 */
export function goesNow(entries: readonly Changed[], aside: Aside): number {
  // Forgetting a person never conflicts, and waits for nobody (SY29).
  const waits = ({ command, lostAt, changes }: Changed): boolean =>
    command !== ERASURE &&
    changes.some((change) =>
      [change, ...namedBy(change.record)].some(
        (key) => (aside.get(nameOf(key)) ?? Infinity) < (lostAt ?? Number.MAX_SAFE_INTEGER),
      ),
    );
  const first = entries.findIndex(waits);
  return first < 0 ? entries.length : first;
}

function nameOf({ type, locator }: RecordKey): string {
  return `${type} ${locator}`;
}
