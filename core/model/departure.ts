import type { Millis } from './time.ts';

/** The answer to "am I ready to leave?" (core/sync/SPEC.md SY70–SY77), shared by who judges and who shows it. */

/** A document of a policy that the trip is likely to be about. */
export interface TripDocument {
  readonly policyLocator: string;
  readonly policyTitle: string;
  readonly displayName: string;
}

/** One question with its answer; `none`: it does not arise. The words are the reader's. */
export type DepartureCheck =
  | {
      readonly name: 'current';
      readonly state: CheckState;
      readonly why: 'never' | 'incomplete' | 'behind' | 'parked' | 'old' | null;
      readonly lastSuccess: Millis | null;
    }
  | {
      readonly name: 'waiting';
      readonly state: CheckState;
      readonly entries: number;
      readonly files: number;
    }
  | { readonly name: 'conflicts'; readonly state: CheckState; readonly count: number }
  | { readonly name: 'products'; readonly state: CheckState; readonly missing: readonly string[] }
  | {
      readonly name: 'documents';
      readonly state: CheckState;
      readonly count: number;
      readonly missing: readonly TripDocument[];
    }
  | {
      readonly name: 'numbers';
      readonly state: CheckState;
      readonly short: readonly { readonly series: string; readonly left: number; readonly needed: number }[];
    }
  | {
      readonly name: 'authority';
      readonly state: CheckState;
      readonly blocked: string | null;
      readonly validUntil: Millis | null;
    }
  | {
      readonly name: 'disk';
      readonly state: CheckState;
      readonly free: number | null;
      readonly needed: number;
    };
export type CheckState = 'ok' | 'todo' | 'none';
export interface Departure {
  readonly days: number;
  /** The last calendar day of the trip. */
  readonly until: string;
  /** The green tick: nothing is to be done. */
  readonly ready: boolean;
  readonly checks: readonly DepartureCheck[];
}
