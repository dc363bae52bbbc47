/** `GET /api/policies/{locator}/history`: who did what to a policy, newest first, field by field. */
export interface PolicyHistoryEntry {
  readonly id: string;
  readonly at: string;
  readonly author: string;
  /** The screens have a sentence for each. */
  readonly command: string;
  /** Absent where it ran under none. */
  readonly configVersion?: number;
  readonly records: readonly RecordChange[];
  /** It changed what a person said of themselves, and that person was erased since. */
  readonly erased?: true;
}
export interface RecordChange {
  readonly type: HistoryRecordType;
  readonly locator: string;
  readonly name?: string;
  readonly what: 'created' | 'changed' | 'removed';
  readonly changes: readonly FieldChange[];
}
export type HistoryRecordType =
  | 'policyholder'
  | 'policy'
  | 'quote'
  | 'transaction'
  | 'invoice'
  | 'payment'
  | 'gracePeriod'
  | 'document'
  | 'note';
export interface FieldChange {
  /** Titles of the configuration, and members that the screens have words for. */
  readonly path: readonly ({ readonly title: string } | { readonly member: string })[];
  /** How the values are read: `instant` milliseconds, `day` a calendar day, `amount` of the currency, `word` of a closed set. */
  readonly kind: 'text' | 'instant' | 'day' | 'amount' | 'word';
  readonly before?: string;
  readonly after?: string;
}
