import * as z from 'zod';
import { amount, fields, millis } from './record-parts.ts';

/**
 * Claims and their sub-claims (formats §3.9; core/claims/SPEC.md). Amounts carry the original platform's sign: what costs the
 * insurer is negative. Histories only grow: what was set aside or paid stays readable with its author.
 */

/** Who did it and when; the user's locator. */
const authored = { at: millis, by: z.string() };
const reserveType = z.enum(['loss', 'expense']);

const claimStatus = z.enum(['pending', 'open', 'closed', 'discarded']);
export type ClaimStatus = z.infer<typeof claimStatus>;
export type ReserveType = z.infer<typeof reserveType>;

const attached = z.strictObject({
  locator: z.string(),
  displayName: z.string(),
  mediaLocator: z.string(),
  ...authored,
});

export const ClaimRecord = z.strictObject({
  locator: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  productName: z.string(),
  configVersion: z.int(),
  currency: z.string(),
  createdAt: millis,
  updatedAt: millis,
  status: claimStatus,
  /** Every status it had, oldest first. */
  statuses: z.array(z.strictObject({ status: claimStatus, ...authored })).readonly(),
  /** When it happened; a claim may be pending without. */
  incidentAt: millis.optional(),
  notifiedAt: millis.optional(),
  ...fields,
  documents: z.array(attached).readonly(),
});
export type ClaimRecord = z.infer<typeof ClaimRecord>;
export type AttachedDocument = z.infer<typeof attached>;

const reserveChange = z.strictObject({
  type: reserveType,
  /** What is outstanding from here on. */
  amount,
  cause: z.enum(['set', 'payable', 'reversal', 'closed']),
  /** Locator of the payable, where one caused it. */
  payable: z.string().optional(),
  /** What the adjuster was told. */
  warnings: z.array(z.string()).readonly(),
  ...authored,
});
const payable = z.strictObject({
  locator: z.string(),
  type: reserveType,
  amount,
  /** The part of it that was taken out of the reserve: a reversal puts it back. */
  fromReserve: amount,
  recipient: z.string(),
  comment: z.string(),
  /** A reversal is a payable of its own that takes another one back. */
  reverses: z.string().optional(),
  warnings: z.array(z.string()).readonly(),
  ...authored,
});

export const SubclaimRecord = z.strictObject({
  locator: z.string(),
  claimLocator: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  exposureLocator: z.string(),
  exposureName: z.string(),
  perilLocator: z.string(),
  perilName: z.string(),
  currency: z.string(),
  createdAt: millis,
  updatedAt: millis,
  status: z.enum(['open', 'closed']),
  /** Only expenses: the peril was not in force when it happened. */
  expensesOnly: z.boolean(),
  reserves: z.array(reserveChange).readonly(),
  payables: z.array(payable).readonly(),
  ...fields,
});
export type SubclaimRecord = z.infer<typeof SubclaimRecord>;
export type ReserveChange = z.infer<typeof reserveChange>;
export type PayableEntry = z.infer<typeof payable>;
