import * as z from 'zod';
import {
  autofill,
  exposureCreate,
  exposureUpdate,
  fieldChanges,
  MOST,
  none,
  QuoteRequest,
  timestamp,
} from './schemas.ts';

/** Requests of endorsements, renewals, cancellations and reinstatements (formats §3.6, §3.7). Unknown members are refused. */
const state = z.enum(['application', 'quoted', 'accepted', 'issued']);
const conflictHandling = z.enum(['block', 'invalidate']);

const update = {
  ...fieldChanges,
  startTimestamp: timestamp.optional(),
  addExposures: z.array(exposureCreate).max(MOST).optional(),
  updateExposures: z
    .array(z.strictObject({ ...exposureUpdate, endPerils: z.array(z.string()).optional() }))
    .max(MOST)
    .optional(),
  endExposures: z.array(z.string()).optional(),
  newPaymentScheduleName: z.string().optional(),
  reprice: z.boolean().optional(),
  resolutions: z.array(z.strictObject({ transactionLocator: z.string(), path: z.string() })).optional(),
  autofill,
  /** Flag-gated and discouraged in the original; renew or cancel instead. */
  newPolicyEndTimestamp: none,
};

export const EndorsementCreate = z
  .strictObject({
    endorsementName: z.string(),
    ...update,
    state: state.optional(),
    conflictHandling: conflictHandling.optional(),
  })
  .meta({ id: 'EndorsementCreateRequest' });
export const RenewalCreate = z
  .strictObject({
    ...update,
    renewalEndTimestamp: timestamp.optional(),
    state: state.optional(),
    conflictHandling: conflictHandling.optional(),
  })
  .meta({ id: 'RenewalCreateRequest' });
export const TransactionUpdate = z
  .strictObject({ ...update, renewalEndTimestamp: timestamp.optional() })
  .meta({ id: 'EndorsementUpdateRequest' });

/** `PATCH /endorsements/{locator}`: several steps in one request. */
export const TransactionAct = z
  .strictObject({
    action: z.enum(['update', 'quote', 'accept', 'issue', 'invalidate', 'discard']),
    endorsementUpdate: TransactionUpdate.optional(),
    renewalUpdate: TransactionUpdate.optional(),
    conflictHandling: conflictHandling.optional(),
  })
  .meta({ id: 'EndorsementActionRequest' });

/** The deprecated one-shots (formats §3.6). */
export const LegacyEndorse = z
  .strictObject({
    endorsementName: z.string(),
    startTimestamp: timestamp.optional(),
    newPolicyEndTimestamp: none,
    reprice: z.boolean().optional(),
    updatePolicy: TransactionUpdate.optional(),
  })
  .meta({ id: 'PolicyEndorsementIssueRequest' });
export const LegacyRenew = z
  .strictObject({ renewalEndTimestamp: timestamp.optional(), updatePolicy: TransactionUpdate.optional() })
  .meta({ id: 'PolicyRenewalIssueRequest' });

export const CancellationCreate = z
  .strictObject({
    name: z.string(),
    effectiveTimestamp: timestamp,
    cancellationCategory: z.string().optional(),
    cancellationComments: z.string().max(20_000).optional(),
    reinstatementDeadlineTimestamp: timestamp.optional(),
    issue: z.boolean().optional(),
    conflictHandling: conflictHandling.optional(),
  })
  .meta({ id: 'CancellationCreateRequest' });
export const CancellationUpdate = CancellationCreate.omit({ name: true, issue: true, conflictHandling: true })
  .partial()
  .meta({ id: 'CancellationUpdateRequest' });
export const LegacyCancel = z
  .strictObject({
    name: z.string().optional(),
    effectiveTimestamp: timestamp.optional(),
    cancellationEffectiveTimestamp: timestamp.optional(),
    cancellationCategory: z.string().optional(),
    cancellationComments: z.string().max(20_000).optional(),
  })
  .meta({ id: 'PolicyCancelRequest' });
export const ReinstatementCreate = z
  .strictObject({
    effectiveTimestamp: timestamp.optional(),
    reinstatementDeadlineTimestamp: timestamp.optional(),
    issue: z.boolean().optional(),
  })
  .meta({ id: 'ReinstatementCreateRequest' });
export const ReinstatementUpdate = ReinstatementCreate.omit({ issue: true }).meta({ id: 'ReinstatementUpdateRequest' });

/** A policy as it stood at `timestamp`, as it was known at `knownTimestamp`; default now. */
export const Snapshot = z
  .strictObject({ timestamp: timestamp.optional(), knownTimestamp: timestamp.optional() })
  .meta({ id: 'SnapshotRequest' });

const issuedTimestamp = timestamp.optional();
/** One transaction of a history (`fieldwriter quote`): issued at once, at its own time. */
export const HistoryTransaction = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('endorsement'), issuedTimestamp, request: EndorsementCreate }),
  z.strictObject({ type: z.literal('renewal'), issuedTimestamp, request: RenewalCreate.default({}) }),
  z.strictObject({ type: z.literal('cancellation'), issuedTimestamp, request: CancellationCreate }),
  z.strictObject({ type: z.literal('reinstatement'), issuedTimestamp, request: ReinstatementCreate.default({}) }),
  z.strictObject({ type: z.literal('withdrawal'), issuedTimestamp, request: z.strictObject({}).default({}) }),
]);
/** What `fieldwriter quote` takes: a request, or the whole life of a policy. */
export const HistoryRequest = QuoteRequest.extend({
  issuedTimestamp,
  /** References are resolved before each is checked. */
  transactions: z.array(z.json()).max(MOST).default([]),
}).meta({ id: 'HistoryRequest' });
