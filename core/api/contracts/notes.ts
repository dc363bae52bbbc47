/** `GET /api/policies/{locator}/notes`, newest first; `POST` answers the new one, `PATCH /api/notes/{locator}` the changed one. */
export interface Note {
  readonly locator: string;
  /** What a change is made from: sent back with it, it tells when somebody else was first. */
  readonly version: number;
  readonly text: string;
  readonly author: string;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  /** Calendar day, e.g. `2026-11-21`: it stands in the diary until it is done. */
  readonly due?: string;
  readonly done: boolean;
  readonly removed: boolean;
  /** The person of the policy was erased, and the text with them. */
  readonly erased?: true;
}
/** `GET /api/diary?until=2026-11-21`: what is due over all policies, the longest due first. */
export interface DiaryEntry extends Note {
  readonly due: string;
  readonly policyLocator: string;
  readonly productName: string;
  readonly insured: string;
  readonly policyNumber?: string;
}
