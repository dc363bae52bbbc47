import type { FieldValues } from '../field.ts';
import type { Millis } from '../time.ts';
import type { Gross } from './money.ts';

/** What a policy's life looks like: its transactions, and the current rows of everything it insures, over time. */
export interface TimelineResponse {
  readonly policyLocator: string;
  readonly displayId: string;
  readonly currency: string;
  readonly status: string;
  readonly timeZone: string;
  readonly terms: readonly { readonly start: Millis; readonly end: Millis; readonly grossPremium: string }[];
  readonly ended?: Millis;
  readonly transactions: readonly {
    readonly locator: string;
    readonly kind: string;
    readonly name: string;
    /** As the configuration shows it. */
    readonly displayName?: string;
    readonly state: string;
    readonly effective: Millis;
    readonly issued?: Millis;
    readonly premiumChange?: string;
  }[];
  readonly segments: readonly {
    readonly of: string;
    readonly start: Millis;
    readonly end: Millis;
    readonly premium?: string;
    readonly replaced: boolean;
    readonly values: FieldValues;
  }[];
  readonly gross: Gross;
}
