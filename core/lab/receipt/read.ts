import * as z from 'zod';
import { PolicyRecord, QuoteRecord } from '#core/desk/records.ts';
import { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Problem } from '#core/model/problem.ts';
import { RECEIPT_FORMAT, type Receipt } from './contract.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal');
const answer = z.strictObject({ asked: hash, answer: z.json() });
/** Only what reading relies on: the engines say themselves what they miss in a policy. */
const priced = z.looseObject({ locator: z.string() });
const triple = z.strictObject({
  policyCharacteristicsLocator: z.string(),
  exposureCharacteristicsLocator: z.string(),
  perilCharacteristicsLocator: z.string(),
});
const holder = z.looseObject({ locator: z.string(), entity: z.looseObject({ values: z.looseObject({}) }) });
const step = z.looseObject({ kind: z.string() });

const ReceiptSchema = z.strictObject({
  format: z.literal(RECEIPT_FORMAT),
  about: z.strictObject({
    policy: z.string(),
    priced: z.string(),
    operation: z.enum(['new_business', 'endorsement', 'renewal', 'reinstatement']),
    product: z.string(),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
  engine: z.string(),
  configuration: z.strictObject({ commit: z.string(), hash, files: z.record(z.string(), hash) }),
  run: z.strictObject({ clock: z.int(), seed: z.string() }),
  recordedInput: hash.optional(),
  input: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('quote'),
      policy: priced.extend({
        characteristics: z.array(priced),
        exposures: z.array(z.looseObject({ perils: z.array(z.looseObject({ characteristics: z.array(priced) })) })),
      }),
      policyholder: holder,
      toPrice: z.array(triple),
    }),
    z.strictObject({
      kind: z.literal('transaction'),
      policy: PolicyRecord,
      quote: QuoteRecord,
      issued: z.array(TransactionRecord),
      transaction: TransactionRecord,
      policyholder: holder,
    }),
  ]),
  answers: z.strictObject({ raters: z.array(answer), reads: z.array(answer) }),
  leftOut: z.array(z.string()),
  result: z.strictObject({
    amounts: z.array(z.strictObject({ what: z.string(), amount: z.string() })),
    steps: z.array(step),
  }),
  hashes: z.strictObject({ configuration: hash, input: hash, result: hash }),
  hash,
});

/** A receipt from JSON. Throws `malformed-request` that names the member, for what is no receipt. */
export function readReceipt(value: unknown): Receipt {
  const read = ReceiptSchema.safeParse(value);
  if (read.success) return value as Receipt;
  const [first] = read.error.issues;
  const field = first?.path.join('.') || 'format';
  throw new Problem('malformed-request', `This is no price receipt that can be read: ${field}: ${first?.message}.`, {
    place: { field },
  });
}
