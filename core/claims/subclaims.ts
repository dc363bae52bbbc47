import type { ReserveType, SubclaimRecord } from '#core/desk/claim-records.ts';
import { type Caller, type Desk, findAll, locatorOf } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { RiskErrors } from '#core/policy/risk.ts';
import { type Entry, readAmount, releaseReserves, reserveOf, setReserve, sumTotals, totalsOf } from './account.ts';
import { changedFields, NO_FIELDS, subclaimFields } from './claim-fields.ts';
import { type Coverage, coverageAt, coverageRefusal, findPeril } from './coverage.ts';
import { limitWarnings } from './limits.ts';
import type { OpenClaim } from './open-claim.ts';
import type { Reserves, SubClaimCreateRequest, SubClaimUpdateRequest } from './request.ts';

/** The sub-claims of a claim while a command changes them, and what a change needs to know. */
export interface SubclaimWork {
  readonly desk: Desk;
  readonly caller: Caller;
  readonly open: OpenClaim;
  /** When it happened, as the claim says after the command. */
  readonly incidentAt: number;
  /** All sub-claims of the claim, by locator, as they stand in this command. */
  readonly records: Map<string, SubclaimRecord>;
  readonly errors: RiskErrors;
}

/**
 * A new sub-claim on a peril that was in force when it happened (K10 to K13).
 * Throws `wrong-state` that names the periods in which it is in force.
 */
export function addSubclaim(work: SubclaimWork, request: SubClaimCreateRequest, path: string): void {
  const { desk, open, incidentAt, errors } = work;
  const { perilLocator, expensesOnly = false } = request;
  const found = findPeril(open.policy, perilLocator);
  if (!found || !(expensesOnly || coverageAt(open.policy, perilLocator, incidentAt)))
    throw notInForce(open, perilLocator, incidentAt, path);
  const { exposure, peril } = found;
  const { claim } = open;
  const fields = changedFields(
    desk,
    open,
    {
      definitions: subclaimFields(open.product, peril.name),
      before: NO_FIELDS,
      changes: {
        ...(request.fieldValues ? { fieldValues: request.fieldValues } : {}),
        addFieldGroups: request.fieldGroups ?? [],
      },
      path,
      complete: true,
    },
    errors,
  );
  const at = desk.now();
  const record: SubclaimRecord = {
    locator: locatorOf(desk),
    claimLocator: claim.locator,
    policyLocator: claim.record.policyLocator,
    policyholderLocator: claim.record.policyholderLocator,
    exposureLocator: exposure.locator,
    exposureName: exposure.name,
    perilLocator,
    perilName: peril.name,
    currency: claim.record.currency,
    createdAt: at,
    updatedAt: at,
    status: 'open',
    expensesOnly,
    reserves: [],
    payables: [],
    ...fields,
  };
  work.records.set(record.locator, withReserves(work, record, request, path));
}

/** Changes a sub-claim: reopened first, closed last (K14). Throws `not-found`, `wrong-state`. */
export function updateSubclaim(work: SubclaimWork, request: SubClaimUpdateRequest, path: string): void {
  const { desk, open, caller, errors } = work;
  const { subClaimLocator: locator, status, lossReserve, expenseReserve, ...changes } = request;
  const before = work.records.get(locator);
  if (!before)
    throw new Problem('not-found', `Claim ${open.claim.locator} has no sub-claim ${locator}.`, {
      place: { locator, field: path },
    });
  const isOpen = before.status === 'open' || status === 'open';
  if (!isOpen && (lossReserve !== undefined || expenseReserve !== undefined || Object.keys(changes).length > 0))
    throw new Problem('wrong-state', `Sub-claim ${locator} is closed: open it first ("status": "open").`, {
      place: { locator },
    });
  const fields = isOpen
    ? changedFields(
        desk,
        open,
        { definitions: subclaimFields(open.product, before.perilName), before, changes, path, complete: true },
        errors,
      )
    : NO_FIELDS;
  const changed: SubclaimRecord = {
    ...before,
    ...(isOpen ? fields : {}),
    status: isOpen ? 'open' : 'closed',
    updatedAt: desk.now(),
  };
  const reserved = withReserves(work, changed, request, path);
  work.records.set(locator, status === 'closed' ? closedSubclaim(reserved, entryOf(desk, caller)) : reserved);
}

/** Nothing is outstanding on a closed sub-claim (K14). */
export function closedSubclaim(record: SubclaimRecord, entry: Entry): SubclaimRecord {
  return { ...releaseReserves(record, entry), status: 'closed', updatedAt: entry.at };
}

/** The limits' warnings for a sub-claim as it stands beside all others on its peril (K26). */
export function warningsFor(
  desk: Desk,
  record: SubclaimRecord,
  coverage: Coverage | undefined,
  inCommand: ReadonlyMap<string, SubclaimRecord> = new Map(),
): readonly string[] {
  if (!coverage) return [];
  const stored = findAll(desk, 'subclaim', 'perilLocator', record.perilLocator).map((found) => found.record);
  const all = new Map([...stored, ...inCommand.values(), record].map((one) => [one.locator, one]));
  const onPeril = [...all.values()].filter(({ perilLocator }) => perilLocator === record.perilLocator);
  const losses = (list: readonly SubclaimRecord[]) => sumTotals(list.map((one) => totalsOf(one, 'loss')));
  return limitWarnings(coverage.row, {
    subclaim: losses([record]),
    event: losses(onPeril.filter(({ claimLocator }) => claimLocator === record.claimLocator)),
    aggregate: losses(onPeril),
  });
}

/** Refuses what only a peril in force can have: a loss that is set aside or paid (K10, K13). Throws `wrong-state`. */
export function requireLossCover(open: OpenClaim, record: SubclaimRecord, incidentAt: number): Coverage {
  if (record.expensesOnly)
    throw new Problem(
      'wrong-state',
      `Sub-claim ${record.locator} is for expenses only, because ${record.perilName} was not in force: no loss can be reserved or paid on it.`,
      { place: { locator: record.locator } },
    );
  const coverage = coverageAt(open.policy, record.perilLocator, incidentAt);
  if (coverage) return coverage;
  throw notInForce(open, record.perilLocator, incidentAt, '');
}

/** Throws `wrong-state` when a moved incident leaves a sub-claim without cover (K12). */
export function requireAllInForce({ open, records, incidentAt }: SubclaimWork): void {
  for (const record of records.values())
    if (!record.expensesOnly && !coverageAt(open.policy, record.perilLocator, incidentAt))
      throw notInForce(open, record.perilLocator, incidentAt, 'incidentTimestamp');
}

export function entryOf(desk: Desk, caller: Caller, warnings: readonly string[] = []): Entry {
  return { at: desk.now(), by: caller.actor.user, warnings };
}

function withReserves(work: SubclaimWork, record: SubclaimRecord, request: Reserves, path: string): SubclaimRecord {
  const { desk, caller, open, incidentAt, records } = work;
  const given: readonly (readonly [ReserveType, string | number | undefined])[] = [
    ['loss', request.lossReserve],
    ['expense', request.expenseReserve],
  ];
  let result = record;
  for (const [type, value] of given) {
    if (value === undefined) continue;
    const amount = readAmount(value, record.currency, `${path}.${type}Reserve`);
    if (amount.equals(reserveOf(result, type))) continue;
    const coverage = type === 'loss' && !amount.isZero() ? requireLossCover(open, record, incidentAt) : undefined;
    const tentative = setReserve(result, type, amount, entryOf(desk, caller));
    const warnings = [
      ...(amount.greaterThan(0)
        ? ['A reserve above zero is money that is expected back; what costs is negative.']
        : []),
      ...warningsFor(desk, tentative, coverage, records),
    ];
    result = setReserve(result, type, amount, entryOf(desk, caller, warnings));
  }
  return result;
}

function notInForce({ policy, deployed }: OpenClaim, perilLocator: string, at: number, field: string): Problem {
  const reason = coverageRefusal(policy, perilLocator, at, deployed.configuration.timeZone);
  return new Problem('wrong-state', reason, {
    place: { locator: perilLocator, ...(field === '' ? {} : { field }) },
  });
}
