import * as z from 'zod';
import type { Change, NewFee, Resolution } from '#core/model/timeline/contract.ts';
import type { Effect } from '#core/model/timeline/history.ts';
import type { Gross } from '#core/model/timeline/money.ts';
import { BillingPlan } from './billing-records.ts';
import { millis } from './record-parts.ts';

/** Shapes that core/model/timeline makes and reads; it refuses rows that do not fit together. */
const made = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

/** What moves a policy through time after its issue: its request, what it changes, and, from quoting on, what that did to the rows. */
export const TransactionRecord = z.strictObject({
  /** Nine digits. */
  locator: z.string(),
  kind: z.enum(['endorsement', 'renewal', 'cancellation', 'reinstatement', 'withdrawal', 'fees']),
  /** As the configuration names it; empty where it has no names. */
  name: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  state: z.enum([
    'application',
    'draft',
    'quoted',
    'accepted',
    'issued',
    'declined',
    'discarded',
    'invalidated',
    'rescinded',
    'expired',
  ]),
  createdAt: millis,
  updatedAt: millis,
  issuedAt: millis.optional(),
  /** Position among the policy's transactions in the order of issue; the policy's creation is 0. */
  order: z.int().positive().optional(),
  /** Locator of the policy modification, and the name of the transaction in the timeline. */
  modification: z.string(),
  effective: millis,
  /** Renewals: end of the new term. */
  end: millis.optional(),
  change: made<Change>(),
  /** Settings of later transactions that give way to this one's. */
  resolutions: z.array(made<Resolution>()),
  repricing: z.enum(['changed', 'all', 'none']),
  /** Reinstatements: the cancellation's locator. */
  cancellation: z.string().optional(),
  /** Cancellations: last instant at which it may be reinstated; reinstatements: last instant of its issue. */
  deadline: millis.optional(),
  category: z.string().optional(),
  comments: z.string().optional(),
  newPaymentScheduleName: z.string().optional(),
  fees: z.array(made<NewFee>()).optional(),
  conflictHandling: z.enum(['block', 'invalidate']),
  /** The clock and seed of its engines' run, for replays. */
  run: z.strictObject({ clock: millis, seed: z.string() }).optional(),
  /** How many transactions of the policy were issued when it was worked out. */
  basedOn: z.int().optional(),
  effect: made<Effect>().optional(),
  gross: z.strictObject({ before: made<Gross>(), after: made<Gross>() }).optional(),
  /** Commit of the configuration that priced it. */
  revision: z.string().optional(),
  underwriting: z
    .strictObject({
      decision: z.enum(['accept', 'reject', 'none']),
      decisionTimestamp: z.string(),
      notes: z.array(z.string()).readonly(),
    })
    .optional(),
  worksheet: z.string().optional(),
  /** What billing will do about it (core/billing). */
  billing: BillingPlan.optional(),
});
export type TransactionRecord = z.infer<typeof TransactionRecord>;

const ENTITY = ['fieldValues', 'fieldGroupsByLocator'];
/** Members with what people said of themselves. */
export const TRANSACTION_PERSONAL: readonly string[] = [
  'comments',
  'change.values',
  'change.addExposures',
  'change.exposures',
  ...['policyRows', 'exposureRows', 'perilRows'].flatMap((rows) => ENTITY.map((member) => `effect.${rows}.${member}`)),
];
