import type { JsonObject, JsonValue } from '#core/model/json.ts';

/**
 * One story of two laptops, A and B, and the authority. Both begin with what `start.ts` makes; in the end both have everything.
 * Records are named `type locator`; members by their path, items of a list by their locator.
 */
export interface Case {
  readonly rule: string;
  readonly says: string;
  readonly steps: readonly Step[];
  /** What stands there in the end; null: nothing. */
  readonly stands?: Readonly<Record<string, Readonly<Record<string, JsonValue>> | null>>;
  /** Conflicts that are open in the end, each with what it says. */
  readonly open?: readonly JsonObject[];
  /** Nobody honest does this, or shapes come into it: the oracle, who knows nothing of either, is not asked. */
  readonly forged?: true;
}
export type Step = Does | Pushes | { readonly pull: string };
/** A command on what the laptop shows. */
export interface Does {
  readonly by: string;
  readonly does: string;
  readonly user?: string;
  /** Members that it sets; undefined takes one away. */
  readonly set?: Readonly<Record<string, Readonly<Record<string, JsonValue | undefined>>>>;
  readonly make?: Readonly<Record<string, JsonObject>>;
  readonly drop?: readonly string[];
  /** What a forger writes into the entry: the number of its first change. */
  readonly number?: number;
}
/**
 * Everything that waits is pushed, and answered so: `accepted`, `merged`, the code of the refusal, with what was unlawful behind a
 * blank, `silently` where it needs nobody, `again …` for a duplicate, `gap` with the sequence that is expected, or `fork`.
 */
export interface Pushes {
  readonly push: string;
  readonly answers: readonly string[];
  /** From this sequence on; default: the first that the laptop has not seen in the log. */
  readonly from?: number;
}
