import type { JsonObject } from '#core/model/json.ts';
import type { Configuration } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { ExternalRater } from '#core/pricing/contract.ts';

/** What the desk knows of services outside (core/integrations/SPEC.md): only how to ask them, and what was said. */

/** Keeps secrets that no journal, export or log may hold in the clear. */
export interface Vault {
  /** @param place what the secret belongs to: it opens nowhere else */
  seal(secret: string, place: string): string;
  /** Throws `store-damaged` when it was sealed for another place or with another key. */
  open(sealed: string, place: string): string;
}

/** One try of an exchange. */
export interface Attempt {
  readonly at: Millis;
  /** Milliseconds. */
  readonly duration: number;
  readonly status?: number;
  readonly error?: string;
}
/** One question to a service outside and its answer, as the audit keeps it: without any secret. */
export interface Exchange {
  /** Also the Idempotency-Key that was sent. */
  readonly locator: string;
  readonly integration: string;
  /** Without its query, which may hold a key. */
  readonly url: string;
  readonly at: Millis;
  /** Milliseconds, over all attempts. */
  readonly duration: number;
  readonly attempts: readonly Attempt[];
  readonly request: JsonObject;
  /** The body that came back, as far as it was read. */
  readonly response?: string;
  readonly status?: number;
  /** Why there is no usable answer. */
  readonly problem?: { readonly code: string; readonly message: string };
}

/**
 * The raters that a configuration may name.
 * @param keep gets every exchange, also a failed one, before its answer is used, with the headers that were sent, secrets
 * masked; absent: nothing is kept
 * @param how `trial`: the request says that nobody will be insured by it
 */
export type Raters = (
  configuration: Configuration,
  keep?: (exchange: Exchange, headers: Readonly<Record<string, string>>) => void,
  how?: { readonly trial: boolean },
) => ExternalRater;
