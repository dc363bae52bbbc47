import * as z from 'zod';
import type { JsonObject } from '#core/model/json.ts';
import type { Personal, RecordType } from '#core/store/contract.ts';
import { accepts } from './accepts.ts';
import { BillingRecord, GracePeriodRecord, InvoiceRecord, PaymentRecord } from './billing-records.ts';
import { ClaimRecord, SubclaimRecord } from './claim-records.ts';
import { ConflictRecord } from './conflict-record.ts';
import { ExchangeRecord, IntegrationRecord, RerateRecord } from './integration-records.ts';
import { NoteRecord } from './note-record.ts';
import { amount, fields, millis, values } from './record-parts.ts';
import { TRANSACTION_PERSONAL, TransactionRecord } from './transaction-record.ts';

/**
 * The documents that the policy side keeps in the store, each validated on its way in. Times are milliseconds, amounts are text
 * with the currency's decimals. A policy is its identity; what is insured stands on its quotes, of which one is selected.
 */

export const PolicyholderRecord = z.strictObject({
  locator: z.string(),
  createdAt: millis,
  updatedAt: millis,
  completed: z.boolean(),
  entity: z.strictObject({ values }),
});
export type PolicyholderRecord = z.infer<typeof PolicyholderRecord>;

export const PolicyRecord = z.strictObject({
  locator: z.string(),
  /** The locator until it is issued, then the number that is printed on it. */
  displayId: z.string(),
  policyholderLocator: z.string(),
  productName: z.string(),
  configVersion: z.int(),
  /** The experiment and the arm of it that chose the version. */
  experiment: z.strictObject({ locator: z.string(), arm: z.string() }).optional(),
  currency: z.string(),
  createdAt: millis,
  updatedAt: millis,
  issuedAt: millis.optional(),
  /** The selected quote: what the policy shows, and from its issue on what it is. */
  quoteLocator: z.string(),
});
export type PolicyRecord = z.infer<typeof PolicyRecord>;

const peril = z.strictObject({
  locator: z.string(),
  /** Locator of its characteristics row. */
  row: z.string(),
  /** Locator of its part of the modification. */
  modification: z.string(),
  renewalGroup: z.string(),
  name: z.string(),
  /** As given or configured: a number as text, or `unlimited`. */
  amounts: z.partialRecord(
    z.enum(['indemnityPerItem', 'indemnityPerEvent', 'indemnityInAggregate', 'deductible', 'lumpSumPayment']),
    z.string(),
  ),
  ...fields,
});
const exposure = z.strictObject({
  locator: z.string(),
  row: z.string(),
  modification: z.string(),
  name: z.string(),
  ...fields,
  perils: z.array(peril).readonly(),
});
const pricedPeril = z.strictObject({
  premium: amount,
  monthPremium: z.string(),
  technicalPremium: amount.optional(),
  monthTechnicalPremium: z.string().optional(),
  commissions: z.array(z.strictObject({ recipient: z.string(), amount })).readonly(),
  taxes: z.array(z.strictObject({ name: z.string(), amount, description: z.string().optional() })).readonly(),
});
const price = z.strictObject({
  at: millis,
  /** By row of the peril. */
  perils: z.record(z.string(), pricedPeril),
  fees: z.array(z.strictObject({ locator: z.string(), name: z.string(), description: z.string(), amount })),
  grossPremium: amount,
  grossTaxes: amount,
  grossFees: amount,
  taxGroups: z.array(z.strictObject({ name: z.string(), amount })).readonly(),
  /** Commit of the configuration that priced it. */
  revision: z.string(),
});
const underwriting = z.strictObject({
  decision: z.enum(['accept', 'reject', 'none']),
  decisionTimestamp: z.string(),
  notes: z.array(z.string()).readonly(),
});
export const QuoteRecord = z.strictObject({
  locator: z.string(),
  name: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  productName: z.string(),
  state: z.enum(['draft', 'quoted', 'accepted', 'declined', 'discarded']),
  createdAt: millis,
  updatedAt: millis,
  contractStart: millis,
  contractEnd: millis,
  currency: z.string(),
  paymentScheduleName: z.string().optional(),
  /** Locator of the policy's characteristics row. */
  row: z.string(),
  /** Locator of the modification that creates the policy. */
  modification: z.string(),
  ...fields,
  exposures: z.array(exposure).readonly(),
  price: price.optional(),
  /** Absent when nothing decides: the product has neither guidelines nor a plugin. */
  underwriting: underwriting.optional(),
  /** Locator of the worksheet of price and decision. */
  worksheet: z.string().optional(),
});
export type QuoteRecord = z.infer<typeof QuoteRecord>;
export type QuotedExposure = z.infer<typeof exposure>;
export type QuotedPeril = z.infer<typeof peril>;
export type QuotePrice = z.infer<typeof price>;

export const DocumentRecord = z.strictObject({
  locator: z.string(),
  policyLocator: z.string(),
  quoteLocator: z.string(),
  invoiceLocator: z.string().optional(),
  gracePeriodLocator: z.string().optional(),
  policyModificationLocator: z.string(),
  /** The job that made it. */
  job: z.string().optional(),
  displayName: z.string(),
  fileName: z.string(),
  type: z.enum(['pdf', 'html']),
  createdAt: millis,
  blob: z.string(),
  pages: z.int().optional(),
  warnings: z.array(z.string()),
});
export type DocumentRecord = z.infer<typeof DocumentRecord>;

/** A durable piece of work that a command started: done exactly once, also when the process died meanwhile. */
export const JobRecord = z.strictObject({
  locator: z.string(),
  kind: z.literal('documents'),
  state: z.enum(['pending', 'done']),
  policyLocator: z.string(),
  quoteLocator: z.string(),
  /** The transaction after the issue whose documents they are. */
  transaction: z
    .strictObject({
      locator: z.string(),
      kind: TransactionRecord.shape.kind,
      name: z.string(),
      modification: z.string(),
    })
    .optional(),
  /** The invoice, or the grace period about it, whose reserved document alone is due. */
  billing: z
    .strictObject({ invoice: z.string(), modification: z.string(), gracePeriod: z.string().optional() })
    .optional(),
  /** Whose documents are due (formats §1.9). */
  event: z.enum(['quote', 'finalize', 'accept', 'issue']),
  /** Display names of the documents to make, when only some are tried again. */
  only: z.array(z.string()).optional(),
  /** The document whose place the new one takes. */
  replaces: z.string().optional(),
  createdAt: millis,
  doneAt: millis.optional(),
  /** Documents that could not be made, with the reason and what to do. */
  failures: z.array(
    z.strictObject({ displayName: z.string(), fileName: z.string(), code: z.string(), message: z.string() }),
  ),
});
export type JobRecord = z.infer<typeof JobRecord>;

/** Everything that explains a price and a decision, and that lets them be made again. */
export const WorksheetRecord = z.strictObject({
  locator: z.string(),
  policyLocator: z.string(),
  quoteLocator: z.string(),
  /** Of a transaction after the issue, its locator. */
  transactionLocator: z.string().optional(),
  operation: z.enum(['new_business', 'endorsement', 'renewal', 'reinstatement']),
  clock: millis,
  seed: z.string(),
  configVersion: z.int(),
  configuration: z.string(),
  engine: z.string(),
  /** Of everything that the price depends on (core/policy/input-hash.ts); absent in what older programs priced. */
  inputHash: z.string().optional(),
  /** The policyholder as the engines saw them. */
  policyholder: z.unknown(),
  /** Packed (worksheets.ts). */
  pricing: z.string().optional(),
  underwriting: z.string().optional(),
});
export type WorksheetRecord = z.infer<typeof WorksheetRecord>;

export const MediaRecord = z.strictObject({
  locator: z.string(),
  fileName: z.string(),
  mimeType: z.string(),
  size: z.int(),
  createdAt: millis,
  blob: z.string(),
});
export type MediaRecord = z.infer<typeof MediaRecord>;

export const AuxDataRecord = z.strictObject({
  locator: z.string(),
  items: z.record(z.string(), z.strictObject({ value: z.string(), uiType: z.string().optional() })),
});
export type AuxDataRecord = z.infer<typeof AuxDataRecord>;

export const ConfigurationRecord = z.strictObject({
  locator: z.string(),
  configVersion: z.int(),
  /** Commit in the data folder's Git repository. */
  commit: z.string(),
  /** Hash of its content (Configuration.hash). */
  hash: z.string(),
  deployedAt: millis,
  /** What changed, in the words of who deployed it. */
  message: z.string().optional(),
  /** What it was before it was repaired in place, oldest first: prices made then name these commits. */
  repaired: z.array(z.strictObject({ commit: z.string(), hash: z.string(), deployedAt: millis })).optional(),
  products: z.array(z.strictObject({ name: z.string(), displayName: z.string(), errors: z.int(), warnings: z.int() })),
});
export type ConfigurationRecord = z.infer<typeof ConfigurationRecord>;
/** Deployments are named by their version, so that they sort by it. */
export function configurationLocator(configVersion: number): string {
  return String(configVersion).padStart(9, '0');
}

/** A version as it is, then as it was before each repair. */
export function contentsOf(record: ConfigurationRecord): readonly ConfigurationRecord[] {
  return [record, ...(record.repaired ?? []).map((before) => ({ ...record, ...before }))];
}

export const UserRecord = z.strictObject({ locator: z.string(), name: z.string(), createdAt: millis });
export type UserRecord = z.infer<typeof UserRecord>;

/** Ranges of numbers granted to this device (settled questions, 6): the one that is used, and those behind it. */
export const CounterRecord = z.strictObject({
  locator: z.string(),
  next: z.int(),
  last: z.int(),
  behind: z
    .array(z.strictObject({ first: z.int(), last: z.int() }))
    .readonly()
    .optional(),
});
export type CounterRecord = z.infer<typeof CounterRecord>;

const SCHEMAS = {
  transaction: TransactionRecord,
  policyholder: PolicyholderRecord,
  policy: PolicyRecord,
  quote: QuoteRecord,
  invoice: InvoiceRecord,
  document: DocumentRecord,
  job: JobRecord,
  worksheet: WorksheetRecord,
  media: MediaRecord,
  auxData: AuxDataRecord,
  configuration: ConfigurationRecord,
  user: UserRecord,
  counter: CounterRecord,
  billing: BillingRecord,
  payment: PaymentRecord,
  gracePeriod: GracePeriodRecord,
  integration: IntegrationRecord,
  exchange: ExchangeRecord,
  rerate: RerateRecord,
  claim: ClaimRecord,
  subclaim: SubclaimRecord,
  note: NoteRecord,
  conflict: ConflictRecord,
} as const;

/** What each record looks like, by its type. `setting` is free. */
export type RecordOf<T extends RecordType> = T extends keyof typeof SCHEMAS ? z.infer<(typeof SCHEMAS)[T]> : JsonObject;

/** The checks that the store runs on every record before it is written (core/store/SPEC.md J10). */
export const recordValidators: Partial<Record<RecordType, (record: unknown) => unknown>> = Object.fromEntries(
  Object.entries(SCHEMAS).map(([type, schema]) => {
    const accepted = accepts(schema);
    return [type, (record: unknown) => (accepted(record) ? record : schema.parse(record))];
  }),
);

const ENTITY = ['fieldValues', 'fieldGroupsByLocator'];
/** Members with personal data: sealed in the journal with the person's own key (settled questions, 7). */
const PERSONAL: Partial<Record<RecordType, readonly string[]>> = {
  policyholder: ['entity.values'],
  quote: [
    ...ENTITY,
    ...ENTITY.map((member) => `exposures.${member}`),
    ...ENTITY.map((member) => `exposures.perils.${member}`),
  ],
  worksheet: ['policyholder', 'pricing', 'underwriting'],
  exchange: ['request', 'response', 'problem.message'],
  rerate: ['message'],
  transaction: TRANSACTION_PERSONAL,
  payment: ['fieldValues'],
  claim: [...ENTITY, 'documents.displayName'],
  subclaim: [...ENTITY, 'payables.recipient', 'payables.comment'],
  note: ['text'],
};

/** What of a record is personal: the paths that hold anything. @param person locator of the policyholder */
export function personalIn(type: RecordType, person: string, record: unknown): Personal | undefined {
  const paths = (PERSONAL[type] ?? []).filter((path) => holdsAnything(record, path.split('.')));
  return paths.length === 0 ? undefined : { person, paths };
}

function holdsAnything(value: unknown, path: readonly string[]): boolean {
  if (Array.isArray(value) && path.length > 0) return value.some((item) => holdsAnything(item, path));
  if (typeof value !== 'object' || value === null) return value !== undefined && path.length === 0;
  const [member, ...rest] = path;
  if (member === undefined) return Object.keys(value).length > 0;
  return holdsAnything((value as Record<string, unknown>)[member], rest);
}
