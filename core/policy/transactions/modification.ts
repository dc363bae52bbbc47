import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type { ExposureModification, PolicyModificationResponse } from '#core/model/policy.ts';
import type { PerilRow, Timeline } from '#core/model/timeline/contract.ts';
import { perilRowsOf } from '#core/model/timeline/money.ts';
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
 * @param timeline the policy's, with the rows that the transaction added and replaced
 */
export function modificationResponse(
  of: Modified,
  record: TransactionRecord,
  number: string,
  timeline: Timeline,
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
    exposureModifications: exposureModifications(of, record, timeline),
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

function exposureModifications(
  { currency }: Modified,
  record: TransactionRecord,
  timeline: Timeline,
): readonly ExposureModification[] {
  const by = record.modification;
  const name = (entity: string): string => derivedLocator(by, entity, 'modification');
  const touched = new Map<
    string,
    { readonly added: PerilRow[]; readonly replaced: PerilRow[]; readonly exposure: string }
  >();
  for (const { row, peril, exposure } of perilRowsOf(timeline)) {
    if (row.by !== by && row.replacedBy !== by) continue;
    const of = touched.get(peril.locator) ?? { added: [], replaced: [], exposure: exposure.locator };
    touched.set(peril.locator, of);
    if (row.by === by) of.added.push(row);
    if (row.replacedBy === by) of.replaced.push(row);
  }
  return timeline.exposures.flatMap((exposure): readonly ExposureModification[] => {
    const rows = exposure.rows.filter((row) => row.by === by);
    const perils = [...touched].filter(([, of]) => of.exposure === exposure.locator);
    if (rows.length === 0 && perils.length === 0) return [];
    const last = rows.at(-1);
    return [
      {
        locator: name(exposure.locator),
        exposureLocator: exposure.locator,
        ...(last ? { newExposureCharacteristicsLocator: last.locator } : {}),
        perilModifications: perils.flatMap(([perilLocator, { added, replaced }]) => {
          const gone = replaced.filter((row) => !added.some((other) => overlap(row, other)));
          return [
            ...added.map((row) =>
              piece(
                row,
                replaced.find((other) => overlap(row, other)),
              ),
            ),
            ...gone.map((row) => piece(undefined, row)),
          ].map((of) => ({
            locator: name(
              `${perilLocator} ${of.newPerilCharacteristicsLocator ?? of.replacedPerilCharacteristicsLocator}`,
            ),
            perilLocator,
            ...of,
          }));
        }),
      },
    ];
  });

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
