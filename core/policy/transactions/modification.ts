import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type { ExposureModification, PolicyModificationResponse } from '#core/model/policy.ts';
import type { PerilRow, Timeline } from '#core/model/timeline/contract.ts';
import { derivedLocator } from './history.ts';

const NAMES = {
  renewal: 'modification.policy.renew',
  cancellation: 'modification.policy.cancel',
  reinstatement: 'modification.policy.reinstate',
  withdrawal: 'modification.policy.withdraw',
  fees: 'modification.policy.fees',
} as const;

/** How the modification of a transaction is named (formats §3.3). */
export function modificationName({ kind, name }: Pick<TransactionRecord, 'kind' | 'name'>): string {
  if (kind === 'endorsement') return name;
  return kind === 'cancellation' && name === 'lapse' ? 'modification.policy.lapse' : NAMES[kind];
}

/** Whose policy a modification is of, and what it is priced in. */
export interface Modified {
  readonly policyLocator: string;
  readonly currency: string;
  readonly configVersion: number;
}

/**
 * A transaction as a modification of its policy (formats §3.3). A piece's premium change is measured against the whole row that
 * it replaces, as in the original: the changes of the pieces do not add up to the policy's.
 * @param timeline the policy's, with the rows that the transaction added and replaced @param changes those rows
 */
export function modificationResponse(
  of: Modified,
  record: TransactionRecord,
  number: string,
  timeline: Timeline,
  changes: RowChanges,
): PolicyModificationResponse {
  const { modification, effect, gross, kind } = record;
  const { currency } = of;
  const policyRows = effect?.policyRows.map(({ locator }) => locator) ?? [];
  const last = policyRows.at(-1);
  const change = gross && difference(gross.after.premium, gross.before.premium, currency);
  return {
    locator: modification,
    number,
    name: modificationName(record),
    displayId: modification,
    policyLocator: of.policyLocator,
    createdTimestamp: String(record.createdAt),
    updatedTimestamp: String(record.updatedAt),
    effectiveTimestamp: String(record.effective),
    ...(record.issuedAt === undefined ? {} : { issuedTimestamp: String(record.issuedAt) }),
    policyEndTimestamp: String(timeline.ended?.at ?? timeline.terms.at(-1)?.end ?? record.effective),
    ...(change === undefined ? {} : { premiumChange: change, premiumChangeCurrency: currency }),
    configVersion: of.configVersion,
    ...(record.underwriting ? { automatedUnderwritingResult: record.underwriting } : {}),
    exposureModifications: exposureModifications(of, record, changes),
    ...(last === undefined
      ? {}
      : { newPolicyCharacteristicsLocator: last, newPolicyCharacteristicsLocators: policyRows }),
    ...(kind === 'endorsement' ? { endorsementLocator: record.locator } : {}),
    ...(kind === 'renewal' ? { renewalLocator: record.locator } : {}),
    ...(kind === 'cancellation' ? { cancellationName: record.name } : {}),
    fieldValues: {},
    mediaByLocator: {},
  };
}

/** What transactions did to the rows of exposures and perils, by transaction: gathered in one pass over a timeline. */
export type RowChanges = ReadonlyMap<string, ReadonlyMap<string, ExposureRows>>;
interface ExposureRows {
  last?: string;
  readonly perils: Map<string, { readonly added: PerilRow[]; readonly replaced: PerilRow[] }>;
}

export function rowChanges({ exposures }: Timeline): RowChanges {
  const changes = new Map<string, Map<string, ExposureRows>>();
  const of = (transaction: string, exposure: string): ExposureRows => {
    const own = changes.get(transaction) ?? new Map<string, ExposureRows>();
    changes.set(transaction, own);
    const rows = own.get(exposure) ?? { perils: new Map() };
    own.set(exposure, rows);
    return rows;
  };
  const ofPeril = (transaction: string, exposure: string, peril: string) => {
    const { perils } = of(transaction, exposure);
    const rows = perils.get(peril) ?? { added: [], replaced: [] };
    perils.set(peril, rows);
    return rows;
  };
  for (const exposure of exposures) {
    for (const row of exposure.rows) of(row.by, exposure.locator).last = row.locator;
    for (const { locator, rows } of exposure.perils)
      for (const row of rows) {
        ofPeril(row.by, exposure.locator, locator).added.push(row);
        if (row.replacedBy !== undefined) ofPeril(row.replacedBy, exposure.locator, locator).replaced.push(row);
      }
  }
  return changes;
}

function exposureModifications(
  { currency }: Modified,
  record: TransactionRecord,
  changes: RowChanges,
): readonly ExposureModification[] {
  const by = record.modification;
  const name = (entity: string): string => derivedLocator(by, entity, 'modification');
  return [...(changes.get(by) ?? [])].map(([exposureLocator, { last, perils }]) => ({
    locator: name(exposureLocator),
    exposureLocator,
    ...(last === undefined ? {} : { newExposureCharacteristicsLocator: last }),
    perilModifications: [...perils].flatMap(([perilLocator, { added, replaced }]) => {
      const gone = replaced.filter((row) => !added.some((other) => overlap(row, other)));
      const pieces = added.map((row) => {
        const instead = replaced.find((other) => overlap(row, other));
        return piece(row, instead);
      });
      return [...pieces, ...gone.map((row) => piece(undefined, row))].map((of) => ({
        locator: name(`${perilLocator} ${of.newPerilCharacteristicsLocator ?? of.replacedPerilCharacteristicsLocator}`),
        perilLocator,
        ...of,
      }));
    }),
  }));

  function piece(row: PerilRow | undefined, instead: PerilRow | undefined) {
    const change = difference(row?.price?.premium ?? '0', instead?.price?.premium ?? '0', currency);
    return {
      ...(row ? { newPerilCharacteristicsLocator: row.locator } : {}),
      ...(instead ? { replacedPerilCharacteristicsLocator: instead.locator } : {}),
      premiumChange: change,
      premiumChangeCurrency: currency,
    };
  }
}

function overlap(a: PerilRow, b: PerilRow): boolean {
  return a.start < b.end && b.start < a.end;
}

function difference(after: string, before: string, currency: string): string {
  const change = new Decimal(after).minus(before);
  return moneyText(change, Math.max(currencyDecimals(currency), change.decimalPlaces()));
}
