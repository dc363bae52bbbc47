import type { ConflictRecord } from '#core/desk/conflict-record.ts';
import { type Desk, look, need } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { JsonObject } from '#core/model/json.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { insuredName } from '#core/policy/insured-name.ts';
import type { RecordType } from '#core/store/contract.ts';
import type { RecordKey } from '#core/store/replica/contract.ts';
import { isDraft } from '../three-way.ts';
import type { ConflictChoice, ConflictWhy } from './contract.ts';
import { differencesOf, type FieldDifference } from './fields.ts';

/** Both sides of a record that a refused entry changed. */
export interface Sides extends RecordKey {
  readonly title: string;
  /** What both came from; null: nothing, or not known here. */
  readonly before: JsonObject | null;
  readonly theirs: JsonObject | null;
  readonly mine: JsonObject | null;
  readonly fields: readonly FieldDifference[];
}
export interface Conflict {
  readonly record: ConflictRecord;
  readonly version: number;
  readonly title: string;
  readonly policyLocator: string | null;
  readonly userName: string;
  readonly own: boolean;
  readonly follows: string | null;
}
export interface ConflictSides extends Conflict {
  readonly sides: readonly Sides[];
  readonly premium: { readonly currency: string; readonly theirs: string; readonly mine: string } | null;
  readonly choices: readonly ConflictChoice[];
}

/** Types that a person may make again as they were: what was new in refused work and is no business yet. */
const MADE_AGAIN: ReadonlySet<RecordType> = new Set<RecordType>([
  'policyholder',
  'policy',
  'quote',
  'transaction',
  'auxData',
  'note',
  'media',
]);
/** Made from the others: whoever prices again makes them anew. */
const DERIVED: ReadonlySet<RecordType> = new Set<RecordType>(['worksheet']);

/** The conflicts in a state, newest first (SY30). */
export function listConflicts(desk: Desk, state: 'open' | 'resolved'): readonly Conflict[] {
  const found = desk.store
    .find('conflict', 'state', state)
    .flatMap(({ locator }) => look(desk, 'conflict', locator) ?? []);
  return found.map(({ record, version }) => summary(desk, record, version)).sort((a, b) => b.record.at - a.record.at);
}

/** A conflict with both sides of each record. Throws `not-found`. */
export function conflictOf(desk: Desk, locator: string): ConflictSides {
  const { record, version } = need(desk, 'conflict', locator);
  const entry = desk.store.replication.entry(locator);
  const sides = record.changes.flatMap((change): Sides[] => {
    const key: RecordKey = { type: change.type as RecordType, locator: change.locator };
    if (DERIVED.has(key.type)) return [];
    const before = change.base === null ? null : (desk.store.replication.versionAt(key, change.base) ?? null);
    const theirs = desk.store.get(key.type, key.locator)?.record ?? null;
    const made = entry?.changes.find((one) => one.type === key.type && one.locator === key.locator);
    const mine = (made?.record ?? null) as JsonObject | null;
    const title = titleOf(desk, key, theirs ?? mine);
    return [{ ...key, title, before, theirs, mine, fields: differencesOf(before, theirs, mine) }];
  });
  return {
    ...summary(desk, record, version),
    sides,
    premium: premiumOf(sides) ?? changedPremium(desk, sides),
    choices: record.state === 'resolved' ? [] : choicesOf(desk, record, sides),
  };
}

function summary(desk: Desk, record: ConflictRecord, version: number): Conflict {
  const policyLocator = record.aggregates.find((one) => one.startsWith('policy '))?.slice('policy '.length) ?? null;
  const first = record.changes[0];
  const key: RecordKey | undefined = policyLocator
    ? { type: 'policy', locator: policyLocator }
    : first && { type: first.type as RecordType, locator: first.locator };
  const stands = key && (desk.store.get(key.type, key.locator)?.record ?? null);
  return {
    record,
    version,
    title: key ? titleOf(desk, key, stands ?? null) : record.command,
    policyLocator,
    userName: look(desk, 'user', record.user)?.record.name ?? record.user,
    own: record.device === desk.store.device,
    follows: record.reason.code === 'follows' ? record.reason.conflict : null,
  };
}

function titleOf(desk: Desk, { type, locator }: RecordKey, record: JsonObject | null): string {
  if (type === 'policyholder') return insuredName(desk, locator) || locator;
  if (type === 'policy' && record) {
    const insured = typeof record.policyholderLocator === 'string' ? insuredName(desk, record.policyholderLocator) : '';
    const number = record.issuedAt === undefined ? '' : String(record.displayId);
    return [number, insured].filter((part) => part !== '').join(' ') || locator;
  }
  const name = record?.displayName ?? record?.name ?? record?.displayId ?? record?.fileName;
  return typeof name === 'string' && name !== '' ? name : locator;
}

/** What a person may do about it, and what is best (SY30, SY31). */
function choicesOf(desk: Desk, record: ConflictRecord, sides: readonly Sides[]): readonly ConflictChoice[] {
  const same = sides.every(({ fields }) => fields.length === 0);
  const why = same ? 'same' : obstacle(desk, record, sides);
  const clashes = sides.some(({ fields }) => fields.some(({ clash }) => clash));
  const possible = why === undefined;
  const both = possible && sides.every(({ theirs, mine }) => theirs !== null && mine !== null);
  const best: ConflictChoice['choice'] = !possible ? 'theirs' : both && clashes ? 'fields' : 'mine';
  const advice = (choice: ConflictChoice['choice'], can: boolean, reason: ConflictWhy): ConflictChoice => {
    return { choice, recommended: choice === best, possible: can, why: reason };
  };
  return [
    advice('theirs', true, same ? 'same' : 'keep-what-stands'),
    advice('mine', possible, why ?? 'put-mine-on-top'),
    advice('fields', both, why ?? (both ? 'choose-by-field' : 'put-mine-on-top')),
  ];
}

/** ConflictWhy one's own may not be put on top as it is; undefined: it may. */
function obstacle(desk: Desk, { reason }: ConflictRecord, sides: readonly Sides[]): ConflictWhy | undefined {
  if (reason.code === 'follows') {
    const first = reason.conflict === null ? undefined : look(desk, 'conflict', reason.conflict);
    if (first?.record.state === 'open') return 'after-the-first';
  } else if (reason.code !== 'moved-on') return 'make-it-again';
  for (const { type, theirs, mine, before } of sides) {
    if (mine === null) return 'make-it-again';
    if (theirs === null && before !== null) return 'gone';
    const drafts = [theirs, mine].every((one) => one === null || isDraft(type, one));
    if (theirs === null ? !MADE_AGAIN.has(type) || (type !== 'note' && type !== 'media' && !drafts) : !drafts)
      return 'make-it-again';
  }
  return undefined;
}

function premiumOf(sides: readonly Sides[]): ConflictSides['premium'] {
  for (const { theirs, mine } of sides) {
    const [left, right] = [grossOf(theirs), grossOf(mine)];
    const currency = mine?.currency ?? theirs?.currency;
    if (left !== undefined && right !== undefined && typeof currency === 'string')
      return { currency, theirs: left, mine: right };
  }
  return null;
}

/**
 * What a refused change of an issued policy did to its gross premium, on top of the premium as it stands now. It was priced on an earlier
 * state: what it costs when it is made again is only known then (SY31).
 */
function changedPremium(desk: Desk, sides: readonly Sides[]): ConflictSides['premium'] {
  const mine = sides.find(({ type, mine: record }) => type === 'transaction' && record?.gross !== undefined)?.mine;
  const { gross, policyLocator } = (mine ?? {}) as Partial<TransactionRecord>;
  const policy = policyLocator === undefined ? undefined : look(desk, 'policy', policyLocator)?.record;
  const quote = policy && look(desk, 'quote', policy.quoteLocator)?.record;
  if (!gross || !quote) return null;
  const issued = desk.store
    .find('transaction', 'policyLocator', quote.policyLocator)
    .flatMap(({ locator }) => look(desk, 'transaction', locator)?.record ?? [])
    .filter((record) => record.order !== undefined && record.gross !== undefined)
    .sort((a, b) => (b.order ?? 0) - (a.order ?? 0));
  const theirs = issued[0]?.gross?.after.premium ?? quote.price?.grossPremium;
  if (theirs === undefined) return null;
  const change = new Decimal(gross.after.premium).minus(gross.before.premium);
  const { currency } = quote;
  return { currency, theirs, mine: moneyText(new Decimal(theirs).plus(change), currencyDecimals(currency)) };
}

function grossOf(record: JsonObject | null): string | undefined {
  const price = record?.price;
  const gross =
    price !== null && typeof price === 'object' && 'grossPremium' in price ? price.grossPremium : record?.gross;
  return typeof gross === 'string' ? gross : undefined;
}
