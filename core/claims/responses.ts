import type { ClaimRecord, PayableEntry, ReserveType, SubclaimRecord } from '#core/desk/claim-records.ts';
import { type Desk, findAll, look, need } from '#core/desk/desk.ts';
import type { FieldGroups, FieldValues } from '#core/model/field.ts';
import type { MediaResponse, PolicyResponse } from '#core/model/policy.ts';
import { mediaResponse, needMedia } from '#core/policy/media.ts';
import { getPolicy } from '#core/policy/policies.ts';
import { RESERVE_TYPES, reserveOf, reversalOf, sumTotals, type Totals, text, totalsOf } from './account.ts';
import type { ClaimFields } from './claim-fields.ts';
import { amountsOf, type Coverage, coverageAt } from './coverage.ts';
import { subclaimsOf } from './open-claim.ts';
import { needPayable } from './payables.ts';
import { warningsFor } from './subclaims.ts';

/** Outstanding, paid, and both together; text with the currency's decimals, negative for what costs the insurer. */
export interface TotalsResponse {
  readonly reserved: string;
  readonly paid: string;
  readonly incurred: string;
}
interface FieldsResponse {
  readonly fieldValues: FieldValues;
  readonly fieldGroupsByLocator: FieldGroups;
  readonly mediaByLocator: Readonly<Record<string, MediaResponse>>;
}
/** The original platform's members; `version`, `currency`, `totals`, `documents` and the locators beside are ours (SPEC, Paths). */
export interface ClaimResponse extends FieldsResponse {
  readonly locator: string;
  readonly version: number;
  readonly policyLocator: string;
  readonly policyholderLocator: string;
  readonly productName: string;
  readonly currentStatus: ClaimRecord['status'];
  readonly statuses: readonly {
    readonly status: ClaimRecord['status'];
    readonly timestamp: string;
    readonly author: string;
  }[];
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly incidentTimestamp?: string;
  readonly notificationTimestamp?: string;
  readonly currency: string;
  readonly totals: TotalsResponse;
  readonly subClaims: readonly SubClaimResponse[];
  readonly documents: readonly ClaimDocumentResponse[];
}
export interface SubClaimResponse extends FieldsResponse {
  readonly locator: string;
  readonly claimLocator: string;
  readonly policyLocator: string;
  readonly exposureLocator: string;
  readonly exposureName: string;
  readonly perilLocator: string;
  readonly perilName: string;
  readonly status: SubclaimRecord['status'];
  readonly expensesOnly: boolean;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly currency: string;
  readonly lossReserve: string;
  readonly expenseReserve: string;
  readonly totals: TotalsResponse;
  /** The row that was in force, as the policy stands now; absent when none was. */
  readonly coverage?: CoverageResponse;
  readonly warnings: readonly string[];
}
export interface CoverageResponse {
  readonly perilCharacteristicsLocator: string;
  readonly coverageStartTimestamp: string;
  readonly coverageEndTimestamp: string;
  /** deductible, lumpSumPayment and the indemnities that the row has. */
  readonly amounts: Readonly<Record<string, string>>;
}
export interface SubClaimSummary {
  readonly locator: string;
  readonly currency: string;
  readonly loss: TotalsResponse;
  readonly expense: TotalsResponse;
  readonly totals: TotalsResponse;
  readonly warnings: readonly string[];
}
export interface ReserveResponse {
  readonly reserveType: ReserveType;
  /** What is outstanding from here on. */
  readonly amount: string;
  readonly amountCurrency: string;
  readonly timestamp: string;
  readonly author: string;
  readonly cause: SubclaimRecord['reserves'][number]['cause'];
  readonly payableLocator?: string;
  readonly warnings: readonly string[];
}
export interface PayableResponse {
  readonly locator: string;
  readonly claimLocator: string;
  readonly subClaimLocator: string;
  readonly reserveType: ReserveType;
  readonly amount: string;
  readonly amountCurrency: string;
  /** The part that came out of the reserve. */
  readonly reserveUsed: string;
  readonly recipient: string;
  readonly comment: string;
  readonly postedTimestamp: string;
  readonly author: string;
  readonly warnings: readonly string[];
  /** Of the payable that this one takes back. */
  readonly reversedLocator?: string;
  /** Of the payable that took this one back. */
  readonly reversalLocator?: string;
}
export interface ClaimDocumentResponse {
  readonly locator: string;
  readonly displayName: string;
  readonly createdTimestamp: string;
  readonly author: string;
  readonly media: MediaResponse;
}

/** A claim as the API shows it. Throws `not-found`. */
export function getClaim(desk: Desk, locator: string): ClaimResponse {
  const { record, version } = need(desk, 'claim', locator);
  const subclaims = subclaimsOf(desk, locator).map((found) => found.record);
  const policy = getPolicy(desk, record.policyLocator);
  const all = subclaims.flatMap((subclaim) => RESERVE_TYPES.map((type) => totalsOf(subclaim, type)));
  return {
    locator,
    version,
    policyLocator: record.policyLocator,
    policyholderLocator: record.policyholderLocator,
    productName: record.productName,
    currentStatus: record.status,
    statuses: record.statuses.map(({ status, at, by }) => ({
      status,
      timestamp: String(at),
      author: nameOf(desk, by),
    })),
    createdTimestamp: String(record.createdAt),
    updatedTimestamp: String(Math.max(record.updatedAt, ...subclaims.map(({ updatedAt }) => updatedAt))),
    ...(record.incidentAt === undefined ? {} : { incidentTimestamp: String(record.incidentAt) }),
    ...(record.notifiedAt === undefined ? {} : { notificationTimestamp: String(record.notifiedAt) }),
    ...fieldsOf(desk, record),
    currency: record.currency,
    totals: totalsText(record, sumTotals(all)),
    subClaims: subclaims.map((subclaim) => subclaimResponse(desk, record, subclaim, policy)),
    documents: record.documents.map(({ locator: document, displayName, mediaLocator, at, by }) => ({
      locator: document,
      displayName,
      createdTimestamp: String(at),
      author: nameOf(desk, by),
      media: needMedia(desk, mediaLocator),
    })),
  };
}

/** The claims of a policy or policyholder in the order of their locators. */
export function claimsOf(
  desk: Desk,
  member: 'policyLocator' | 'policyholderLocator',
  locator: string,
): readonly ClaimResponse[] {
  return findAll(desk, 'claim', member, locator).map((claim) => getClaim(desk, claim.locator));
}

/** The money of a sub-claim, by type and together. Throws `not-found`. */
export function getSubclaimSummary(desk: Desk, locator: string): SubClaimSummary {
  const { record } = need(desk, 'subclaim', locator);
  const [loss, expense] = [totalsOf(record, 'loss'), totalsOf(record, 'expense')];
  return {
    locator,
    currency: record.currency,
    loss: totalsText(record, loss),
    expense: totalsText(record, expense),
    totals: totalsText(record, sumTotals([loss, expense])),
    warnings: warningsFor(desk, record, coverageOf(desk, record)),
  };
}

/** How the reserves of a sub-claim came about, oldest first. Throws `not-found`. */
export function getReserves(desk: Desk, locator: string): readonly ReserveResponse[] {
  const { record } = need(desk, 'subclaim', locator);
  return record.reserves.map(({ type, at, by, payable, ...change }) => ({
    ...change,
    reserveType: type,
    amountCurrency: record.currency,
    timestamp: String(at),
    author: nameOf(desk, by),
    ...(payable === undefined ? {} : { payableLocator: payable }),
  }));
}

/** The payables of a sub-claim, oldest first. Throws `not-found`. */
export function getPayables(desk: Desk, locator: string): readonly PayableResponse[] {
  const { record } = need(desk, 'subclaim', locator);
  return record.payables.map((payable) => payableResponse(desk, record, payable));
}

/** Throws `not-found`. */
export function getPayable(desk: Desk, locator: string): PayableResponse {
  const { subclaim, payable } = needPayable(desk, locator);
  return payableResponse(desk, subclaim.record, payable);
}

function payableResponse(desk: Desk, record: SubclaimRecord, payable: PayableEntry): PayableResponse {
  const reversal = reversalOf(record, payable.locator);
  return {
    locator: payable.locator,
    claimLocator: record.claimLocator,
    subClaimLocator: record.locator,
    reserveType: payable.type,
    amount: payable.amount,
    amountCurrency: record.currency,
    reserveUsed: payable.fromReserve,
    recipient: payable.recipient,
    comment: payable.comment,
    postedTimestamp: String(payable.at),
    author: nameOf(desk, payable.by),
    warnings: payable.warnings,
    ...(payable.reverses === undefined ? {} : { reversedLocator: payable.reverses }),
    ...(reversal ? { reversalLocator: reversal.locator } : {}),
  };
}

function subclaimResponse(
  desk: Desk,
  claim: ClaimRecord,
  record: SubclaimRecord,
  policy: PolicyResponse,
): SubClaimResponse {
  const { locator, claimLocator, policyLocator, exposureLocator, exposureName, perilLocator, perilName } = record;
  const coverage = coverageIn(policy, claim, record);
  return {
    ...{ locator, claimLocator, policyLocator, exposureLocator, exposureName, perilLocator, perilName },
    status: record.status,
    expensesOnly: record.expensesOnly,
    createdTimestamp: String(record.createdAt),
    updatedTimestamp: String(record.updatedAt),
    currency: record.currency,
    lossReserve: text(record, reserveOf(record, 'loss')),
    expenseReserve: text(record, reserveOf(record, 'expense')),
    totals: totalsText(record, sumTotals(RESERVE_TYPES.map((type) => totalsOf(record, type)))),
    ...(coverage ? { coverage: coverageResponse(coverage) } : {}),
    warnings: warningsFor(desk, record, coverage),
    ...fieldsOf(desk, record),
  };
}

function coverageOf(desk: Desk, record: SubclaimRecord): Coverage | undefined {
  return coverageIn(getPolicy(desk, record.policyLocator), need(desk, 'claim', record.claimLocator).record, record);
}
function coverageIn(policy: PolicyResponse, claim: ClaimRecord, record: SubclaimRecord): Coverage | undefined {
  if (claim.incidentAt === undefined || record.expensesOnly) return undefined;
  return coverageAt(policy, record.perilLocator, claim.incidentAt);
}
function coverageResponse({ row }: Coverage): CoverageResponse {
  return {
    perilCharacteristicsLocator: row.locator,
    coverageStartTimestamp: row.coverageStartTimestamp,
    coverageEndTimestamp: row.coverageEndTimestamp,
    amounts: amountsOf(row),
  };
}

function totalsText(account: { readonly currency: string }, { reserved, paid, incurred }: Totals): TotalsResponse {
  return { reserved: text(account, reserved), paid: text(account, paid), incurred: text(account, incurred) };
}

function fieldsOf(desk: Desk, { fieldValues, fieldGroupsByLocator }: ClaimFields): FieldsResponse {
  // A media value is a locator; whether a value is one shows in that it names stored media.
  const values = [fieldValues, ...Object.values(fieldGroupsByLocator)].flatMap((one) => Object.values(one).flat());
  const media = values.filter((value) => UUID.test(value)).flatMap((value) => mediaResponse(desk, value) ?? []);
  return {
    fieldValues,
    fieldGroupsByLocator,
    mediaByLocator: Object.fromEntries(media.map((item) => [item.locator, item])),
  };
}
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The name of who did something, where the workbench knows it. */
function nameOf(desk: Desk, user: string): string {
  return look(desk, 'user', user)?.record.name ?? user;
}
