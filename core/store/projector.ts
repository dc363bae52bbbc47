import type { JsonObject } from '#core/model/json.ts';
import type { RecordType } from './contract.ts';
import type { RiskRow } from './risk-contract.ts';

/** Reads current records, those of the change that is being written too. */
export interface RecordReader {
  get(type: RecordType, locator: string): JsonObject | undefined;
  find(type: RecordType, member: string, value: string): readonly JsonObject[];
}
/** Makes the rows of the list of risks from records: handed to the store, which knows nothing of policies. */
export interface RiskProjector {
  /** Raised with every change of what it makes: stores make their rows again when they are next opened. */
  readonly version: number;
  /** The policies whose rows a record has a say in. @param record as it is, or as it was when it is deleted */
  policiesOf(type: RecordType, record: JsonObject, reader: RecordReader): readonly string[];
  /** The row of a policy, and the words that find it; undefined when there is none. */
  row(policy: string, reader: RecordReader): { readonly row: RiskRow; readonly words: string } | undefined;
}
