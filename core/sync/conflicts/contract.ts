/** What may be done about a conflict, and what is advised; the door answers it as it is. */

export interface ConflictChoice {
  readonly choice: 'theirs' | 'mine' | 'fields';
  readonly recommended: boolean;
  /** False: `mine` and `fields` only where what stands is a draft. `why` then says what to do instead. */
  readonly possible: boolean;
  readonly why: ConflictWhy;
}
export type ConflictWhy =
  /** It stands; one's own was no more than that. */
  | 'same'
  | 'keep-what-stands'
  | 'put-mine-on-top'
  | 'choose-by-field'
  /** Issued, cancelled or billed: make the change again on what stands now. */
  | 'make-it-again'
  /** What it was a change of is gone. */
  | 'gone'
  /** Resolve the one that it follows first. */
  | 'after-the-first';
