import type { Series } from '#core/desk/numbers.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { RecordType } from '#core/store/contract.ts';
import type { Etag, LogItem, RecordKey, Version } from '#core/store/replica/contract.ts';

/** One change of a pushed entry, in the clear. */
export interface PushedChange extends RecordKey {
  /** What it was made from; null: it is new. */
  readonly base: Etag | null;
  /** The number that the device gave it. */
  readonly version: number;
  readonly record: JsonObject | null;
}
/** An entry as the authority judges it: its replicated changes only (SY4). */
export interface PushedEntry {
  readonly device: string;
  /** Gapless from 1 per device. */
  readonly sequence: number;
  readonly id: string;
  readonly hash: string;
  readonly previousHash: string;
  /** Log position that the device had applied when the entry was made. */
  readonly seen: number;
  readonly command: string;
  readonly user: string;
  /** Wall time, milliseconds; data only. */
  readonly at: number;
  readonly changes: readonly PushedChange[];
}

/** What the authority must know to judge an entry; read in one transaction. */
export interface Facts {
  /** Last position of the log. */
  readonly position: number;
  /** Where the device's chain has got to; sequence 0 and 64 zeros before its first entry. */
  readonly chain: { readonly sequence: number; readonly hash: string };
  /** Hash of an entry of the device that the log holds. */
  hashAt(sequence: number): string | undefined;
  head(key: RecordKey): Version | undefined;
  /** The record as that version held it; undefined when that version is not known. */
  versionAt(key: RecordKey, etag: Etag): JsonObject | null | undefined;
  /**
   * The last refusal of this device's work under a name that a verdict refuses, or of the work of a device that it was before a
   * restore (SY11): its position and the conflict it is about. Only those behind the entry's `seen` matter, mostly none: read these once.
   */
  refused(device: string, name: string): { readonly position: number; readonly conflict: string | null } | undefined;
  /** Whose number of a series it is: locator of the issued policy, of the invoice, of the payment. */
  numberOf(series: Series, number: string): string | undefined;
  /** Whether a printed number lies in a range that was granted to the device, or to one that it was before a restore (SY11). */
  granted(device: string, series: Series, number: string): boolean;
  /** The validator of the record's type; throws what is wrong. */
  validate(type: RecordType, record: JsonObject): void;
  /** The last time that the log was set back (SY96); undefined: never. What is named then may be lost: its heads are asked for too (SY99). */
  readonly setBack: string | undefined;
}
/** What becomes of a pushed entry. Only the first kind changes anything. */
export type Verdict =
  | {
      readonly kind: 'item';
      readonly item: LogItem;
      /**
       * Names under which later work of the device that had not seen this position is refused too (SY16): aggregates, and
       * records that are not there although it made them. Opaque to whoever keeps them; never taken back.
       */
      readonly refuses: readonly string[];
      /** The conflict that those would join; null: each is one of its own. */
      readonly conflict: string | null;
    }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'gap'; readonly expected: number }
  | { readonly kind: 'fork' };
