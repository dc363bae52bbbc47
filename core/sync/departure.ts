import type { CheckState, Departure, DepartureCheck, TripDocument } from '#core/model/departure.ts';
import type { Millis } from '#core/model/time.ts';

/** "Am I ready to leave?" (core/sync/SPEC.md SY70–SY77). */

/** What is known before a trip. Times are milliseconds, sizes bytes. */
export interface DepartureFacts {
  readonly now: Millis;
  readonly trip: {
    readonly days: number;
    /** Its last calendar day, and the end of that. */
    readonly until: string;
    readonly end: Millis;
  };
  /** Null: a stand-alone workbench, which meets nobody. */
  readonly replication: {
    /** The first fetch is done. */
    readonly complete: boolean;
    readonly position: number;
    readonly cloudPosition: number | null;
    readonly parked: number;
    readonly lastSuccess: Millis | null;
    /** Why it stands still, in a word. */
    readonly blocked: string | null;
    readonly waiting: { readonly entries: number; readonly files: number };
    readonly conflicts: number;
    /** Until when the cloud takes this device; null: no end is known. */
    readonly validUntil: Millis | null;
  } | null;
  /** The newest version of each product, and whether its content is here. */
  readonly products: readonly { readonly name: string; readonly present: boolean }[];
  readonly documents: readonly (TripDocument & { readonly present: boolean })[];
  readonly numbers: readonly { readonly series: string; readonly left: number }[];
  /** Policies that were issued here in the last 30 days. */
  readonly issuedLately: number;
  /** Null: the system does not say. */
  readonly disk: { readonly free: number } | null;
}

/** What both sides agreed on longer ago than this may have changed meanwhile. */
const CURRENT_FOR: Millis = 12 * 3_600_000;
/** A day's work with photographs, twice over, and room for the database to breathe. */
const DISK_NEEDED = 1_000_000_000;
/** Nobody leaves with fewer numbers than this. */
const FEWEST_NUMBERS = 10;
/** A trip may be three times as busy as the days before. */
const BUSIER = 3;
const LATELY_DAYS = 30;

/** Judges whether somebody can leave (SY70). Pure: the same facts give the same answer. */
export function judgeDeparture(facts: DepartureFacts): Departure {
  const checks: readonly DepartureCheck[] = [
    current(facts),
    waiting(facts),
    conflicts(facts),
    products(facts),
    documents(facts),
    numbers(facts),
    authority(facts),
    disk(facts),
  ];
  return {
    days: facts.trip.days,
    until: facts.trip.until,
    ready: checks.every(({ state }) => state !== 'todo'),
    checks,
  };
}

/** SY71 */
function current({ replication, now }: DepartureFacts): DepartureCheck {
  if (!replication) return { name: 'current', state: 'none', why: null, lastSuccess: null };
  const { lastSuccess, complete, position, cloudPosition, parked } = replication;
  const why =
    lastSuccess === null
      ? 'never'
      : !complete
        ? 'incomplete'
        : parked > 0
          ? 'parked'
          : position < (cloudPosition ?? 0)
            ? 'behind'
            : now - lastSuccess > CURRENT_FOR
              ? 'old'
              : null;
  return { name: 'current', state: stateOf(why === null), why, lastSuccess };
}

/** SY72 */
function waiting({ replication }: DepartureFacts): DepartureCheck {
  const { entries, files } = replication?.waiting ?? { entries: 0, files: 0 };
  return { name: 'waiting', state: replication ? stateOf(entries + files === 0) : 'none', entries, files };
}

/** SY72 */
function conflicts({ replication }: DepartureFacts): DepartureCheck {
  const count = replication?.conflicts ?? 0;
  return { name: 'conflicts', state: replication ? stateOf(count === 0) : 'none', count };
}

/** SY73 */
function products(facts: DepartureFacts): DepartureCheck {
  const missing = facts.products.filter(({ present }) => !present).map(({ name }) => name);
  return {
    name: 'products',
    state: facts.products.length === 0 ? 'none' : stateOf(missing.length === 0),
    missing,
  };
}

/** SY74 */
function documents(facts: DepartureFacts): DepartureCheck {
  const missing = facts.documents.flatMap(({ present, ...document }) => (present ? [] : [document]));
  return {
    name: 'documents',
    state: facts.documents.length === 0 ? 'none' : stateOf(missing.length === 0),
    count: facts.documents.length,
    missing,
  };
}

/** SY75 */
function numbers(facts: DepartureFacts): DepartureCheck {
  const usual = Math.ceil((facts.issuedLately * facts.trip.days * BUSIER) / LATELY_DAYS);
  const needed = Math.max(FEWEST_NUMBERS, usual);
  const short = facts.numbers.filter(({ left }) => left < needed).map(({ series, left }) => ({ series, left, needed }));
  return { name: 'numbers', state: facts.numbers.length === 0 ? 'none' : stateOf(short.length === 0), short };
}

/** SY76 */
function authority({ replication, trip }: DepartureFacts): DepartureCheck {
  if (!replication) return { name: 'authority', state: 'none', blocked: null, validUntil: null };
  const { blocked, validUntil } = replication;
  const lasts = validUntil === null || validUntil >= trip.end;
  return { name: 'authority', state: stateOf(blocked === null && lasts), blocked, validUntil };
}

/** SY77 */
function disk({ disk: space }: DepartureFacts): DepartureCheck {
  const free = space?.free ?? null;
  return { name: 'disk', state: free === null ? 'none' : stateOf(free >= DISK_NEEDED), free, needed: DISK_NEEDED };
}

function stateOf(isFine: boolean): CheckState {
  return isFine ? 'ok' : 'todo';
}
