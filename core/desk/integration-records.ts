import * as z from 'zod';
import type { RecordType } from '#core/store/contract.ts';
import { millis } from './record-parts.ts';

/** What is kept of services outside (core/integrations/SPEC.md). Secrets are sealed (`Vault`), also within the encrypted store. */

/** A service outside; its locator is its name. */
export const IntegrationRecord = z.strictObject({
  locator: z.string(),
  url: z.string(),
  type: z.enum(['external_rater', 'data_autofill', 'webhook']),
  /** By name, each value sealed for the place `<integration>/headers/<name>`. */
  headers: z.record(z.string(), z.string()).readonly(),
  securitySpec: z
    .strictObject({
      hmacEnabled: z.boolean(),
      secureSSL: z.boolean(),
      /** Sealed for the place `<integration>/secret`. */
      secret: z.string().optional(),
      tag: z.string().optional(),
    })
    .optional(),
  createdAt: millis,
  updatedAt: millis,
});
export type IntegrationRecord = z.infer<typeof IntegrationRecord>;

/** What a service outside was asked for a transaction and what it said, also when that was no use. */
export const ExchangeRecord = z.strictObject({
  locator: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  /** The quote, endorsement, renewal or reinstatement that was to be priced. */
  transactionLocator: z.string(),
  integration: z.string(),
  url: z.string(),
  at: millis,
  duration: z.int(),
  attempts: z
    .array(z.strictObject({ at: millis, duration: z.int(), status: z.int().optional(), error: z.string().optional() }))
    .readonly(),
  status: z.int().optional(),
  problem: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  /** Packed (core/integrations/exchanges.ts). */
  request: z.string(),
  response: z.string().optional(),
});
export type ExchangeRecord = z.infer<typeof ExchangeRecord>;

const recordType = z.custom<RecordType>((value) => typeof value === 'string');

/** A command that failed because its rater was away, to be done again; at most one a transaction. */
export const RerateRecord = z.strictObject({
  locator: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  transactionLocator: z.string(),
  /** The command and what it was called with. */
  command: z.string(),
  argument: z.string(),
  /** Who asked for it. */
  user: z.string(),
  requestKey: z.string().optional(),
  rater: z.string(),
  /** Versions of the records that the command read: when one has moved on, a person decides. */
  basedOn: z.array(z.strictObject({ type: recordType, locator: z.string(), version: z.int() })).readonly(),
  state: z.enum(['waiting', 'stopped']),
  queuedAt: millis,
  attempts: z.int(),
  triedAt: millis,
  nextAt: millis,
  message: z.string(),
});
export type RerateRecord = z.infer<typeof RerateRecord>;
