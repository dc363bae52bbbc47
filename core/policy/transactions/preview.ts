import type { Desk } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type { Charge } from '#core/model/charge.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import { conflictsWith, laterThan } from '#core/model/timeline/conflicts.ts';
import type { Resolution } from '#core/model/timeline/contract.ts';
import { newRun } from '../rate.ts';
import { checkInsured } from './change-request.ts';
import { draftRecord, type New } from './draft.ts';
import { transactionOf } from './history.ts';
import { type OpenPolicy, type OpenTransaction, openIssued, openTransaction, pendingOf } from './open.ts';
import { type PriceChange, priceChange } from './price.ts';
import { policyWhenIssued, type WorkedOut, workOut } from './work-out.ts';

/** What issuing a transaction would do, saved nowhere. */
export interface TransactionPreview {
  readonly price: PriceChange;
  readonly charges: readonly Charge[];
  readonly underwriting: WorkedOut['underwriting'] | null;
  /** Later issued transactions that are applied again on top of it, in their order (TL2). */
  readonly affected: readonly {
    readonly locator: string;
    readonly kind: string;
    readonly name: string;
    readonly effectiveTimestamp: string;
    /** Its rows come out otherwise than they are recorded. */
    readonly repriced: boolean;
    /** Nothing comes of it any more: the policy covers nothing at its time. */
    readonly withoutEffect?: true;
  }[];
  readonly conflicts: readonly ConflictPreview[];
  /** Changes of later transactions that find nothing to change any more. */
  readonly fallenAway: readonly { readonly transactionLocator: string; readonly path: string }[];
}
/** A setting that this transaction and a later one make differently, with what each choice costs. */
export interface ConflictPreview {
  readonly transactionLocator: string;
  readonly path: string;
  readonly newValue: string | null;
  readonly laterValue: string | null;
  readonly choice: 'later' | 'new';
  readonly effects: { readonly later: PriceChange; readonly new: PriceChange };
}

/**
 * What a drafted transaction would do: every later transaction that it affects, every conflict with both values, the choice that
 * stands and the price of each choice. Saves nothing. Throws the engines' problems.
 */
export async function previewTransaction(desk: Desk, locator: string): Promise<TransactionPreview> {
  const open = await openTransaction(desk, locator);
  return previewOf(desk, open, open.transaction.record, false);
}

/** The same of a transaction that nobody has made: nothing gets a locator. Throws what making it would, and the engines' problems. */
export async function previewUnsaved(
  desk: Desk,
  policyLocator: string,
  draft: (open: OpenPolicy) => New | Promise<New>,
): Promise<TransactionPreview> {
  const open = await openIssued(desk, policyLocator);
  return previewOf(desk, open, draftRecord(desk, open, await draft(open), ''), true);
}

async function previewOf(
  desk: Desk,
  open: OpenPolicy,
  record: TransactionRecord,
  unsaved: boolean,
): Promise<TransactionPreview> {
  const { history } = open;
  const own = transactionOf(record, history.issued);
  const later = record.order === undefined ? laterThan(own, history.transactions) : [];
  const found = 'change' in own ? conflictsWith(own.change, later, history.timeline) : [];
  const context = newRun(desk);
  const price = (resolutions: readonly Resolution[]): Promise<WorkedOut> =>
    workOut(
      desk,
      { ...pendingOf(desk, open, { ...record, resolutions: [...resolutions] }), unsaved },
      context,
      checkInsured(desk, open, record.locator),
    );
  const chosen = record.resolutions;
  const worked = await price(chosen);
  const conflicts: ConflictPreview[] = [];
  for (const conflict of found) {
    const isThis = (one: Resolution): boolean => one.transaction === conflict.transaction && one.path === conflict.path;
    const others = chosen.filter((one) => !isThis(one));
    const choice = chosen.some(isThis) ? 'new' : 'later';
    const flipped = await price(
      choice === 'new' ? others : [...others, { transaction: conflict.transaction, path: conflict.path }],
    );
    const [is, would] = [priceChange(worked.gross), priceChange(flipped.gross)];
    conflicts.push({
      transactionLocator: locatorOfModification(open, record, conflict.transaction),
      path: conflict.path,
      newValue: conflict.newValue,
      laterValue: conflict.laterValue,
      choice,
      effects: choice === 'later' ? { later: is, new: would } : { later: would, new: is },
    });
  }
  return {
    price: priceChange(worked.gross),
    charges: worked.charges,
    underwriting: worked.underwriting ?? null,
    affected: later.flatMap((transaction) => {
      const about = history.issued.find(({ modification }) => modification === transaction.locator);
      return about
        ? [
            {
              locator: about.locator,
              kind: about.kind,
              name: about.name,
              effectiveTimestamp: String(about.effective),
              repriced: worked.reapplied.includes(about.modification),
              ...(worked.withoutEffect.includes(about.modification) ? { withoutEffect: true as const } : {}),
            },
          ]
        : [];
    }),
    conflicts,
    fallenAway: worked.fallenAway.map(({ transaction, path }) => ({
      transactionLocator: locatorOfModification(open, record, transaction),
      path,
    })),
  };
}

function locatorOfModification({ history }: OpenPolicy, own: TransactionRecord, modification: string): string {
  return [...history.issued, own].find((record) => record.modification === modification)?.locator ?? modification;
}

/** What a transaction changes of the price: as it was locked, or worked out now for one that is not. Saves nothing. */
export async function transactionPrice(
  desk: Desk,
  locator: string,
): Promise<PriceChange & { readonly charges: readonly Charge[] }> {
  const open = await openTransaction(desk, locator);
  const { gross, effect } = open.transaction.record;
  if (gross && effect && open.transaction.record.order !== undefined) return { ...priceChange(gross), charges: [] };
  const worked = await worksOut(desk, open);
  return { ...priceChange(worked.gross), charges: worked.charges };
}

/** The policy as it would be once the transaction is issued (formats §3.6). Saves nothing. */
export async function whenIssued(desk: Desk, locator: string): Promise<PolicyResponse> {
  const open = await openTransaction(desk, locator);
  return policyWhenIssued(pendingOf(desk, open, open.transaction.record), await worksOut(desk, open), desk.now());
}

/** The decision of the guidelines on a transaction, saving nothing. Throws `not-found` when nothing decides. */
export async function underwriteTransaction(desk: Desk, locator: string) {
  const open = await openTransaction(desk, locator);
  const { underwriting } = await worksOut(desk, open);
  if (underwriting) return underwriting;
  throw new Problem(
    'not-found',
    `Nothing decides: ${open.product.name} has neither guidelines nor an underwriting plugin.`,
  );
}

/** The price of an endorsement or renewal that nobody has made (formats §3.6, deprecated): nothing gets a locator. */
export async function previewRequest(
  desk: Desk,
  policyLocator: string,
  draft: (open: OpenPolicy) => New,
): Promise<PriceChange & { readonly charges: readonly Charge[] }> {
  const open = await openIssued(desk, policyLocator);
  const record = draftRecord(desk, open, draft(open), '');
  const worked = await workOut(
    desk,
    { ...pendingOf(desk, open, record), unsaved: true },
    newRun(desk),
    checkInsured(desk, open, ''),
  );
  return { ...priceChange(worked.gross), charges: worked.charges };
}

function worksOut(desk: Desk, open: OpenTransaction): Promise<WorkedOut> {
  const { record } = open.transaction;
  if (record.order !== undefined)
    throw new Problem(
      'wrong-state',
      `The ${record.kind} ${record.locator} is issued: what it did stands on the policy.`,
      { place: { locator: record.locator } },
    );
  return workOut(desk, pendingOf(desk, open, record), newRun(desk), checkInsured(desk, open, record.locator));
}
