/** What a push or a pull would do to the records that are there. */
export interface BrakeCounts {
  /** Records that are there and would be others. */
  readonly changed: number;
  /** Records that are there and would be gone. */
  readonly deleted: number;
  /** Records that are there; asked only when it matters. */
  of(): number;
}

/** So many are nobody's mistake, however few there are in all. */
const FEW_DELETED = 20;
const FEW_CHANGED = 500;
/** Shares of all records from which on a person is asked: deleting is rare, a renewal season changes much. */
const SHARE_DELETED = 0.02;
const SHARE_CHANGED = 0.5;

/** Whether an unusual share would be deleted or changed, so that a person has to say so first (SY60). */
export function brake({ changed, deleted, of }: BrakeCounts): 'passes' | 'deletes' | 'changes' {
  if (deleted > FEW_DELETED && deleted > of() * SHARE_DELETED) return 'deletes';
  if (changed > FEW_CHANGED && changed > of() * SHARE_CHANGED) return 'changes';
  return 'passes';
}
