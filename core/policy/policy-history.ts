import { type Desk, findAll, look } from '#core/desk/desk.ts';
import { contentsOf, type RecordOf } from '#core/desk/records.ts';
import type { JournalEntry, RecordType } from '#core/store/contract.ts';
import { needPolicy } from './policies.ts';
import { diffFacts, type Fact, type FieldChange } from './record-diff.ts';
import { factsOf, label, type Names, READ_TYPES, type ReadType } from './record-facts.ts';

/** What one command did to one record. */
export interface RecordChange {
  readonly type: ReadType;
  readonly locator: string;
  /** What people call the record, where it has a name: `Quote 2`, the number of an invoice. */
  readonly name?: string;
  readonly what: 'created' | 'changed' | 'removed';
  readonly changes: readonly FieldChange[];
}
/** One command in the life of a policy. */
export interface PolicyHistoryEntry {
  readonly id: string;
  readonly at: string;
  readonly author: string;
  readonly command: string;
  /** Absent where it ran under none. */
  readonly configVersion?: number;
  readonly records: readonly RecordChange[];
  /** It changed what a person said of themselves, and that person was erased since. */
  readonly erased?: true;
}

const PERSONAL: ReadonlySet<RecordType> = new Set(['policyholder', 'quote', 'transaction', 'payment', 'note']);

/** Who did what to a policy and everything that belongs to it, newest first, field by field. Throws `not-found`. */
export async function policyHistory(desk: Desk, policyLocator: string): Promise<readonly PolicyHistoryEntry[]> {
  const policy = needPolicy(desk, policyLocator).record;
  const records = recordsOf(desk, policy.locator, policy.policyholderLocator);
  const entries = entriesOf(desk, records);
  const names = await namesFor(desk, policy);
  const changes = entries.map((entry) =>
    entry.changes.filter(({ type, locator }) => records.has(`${type} ${locator}`)),
  );
  // First every name, then what was done under it: an endorsement speaks of vehicles that quotes brought.
  for (const { type, record } of changes.flat()) if (record) label(type, record, names);

  const last = new Map<string, readonly Fact[]>();
  /** What stands of the policy: what its quote says, and what issued transactions made of it. */
  const known = new Map<string, string>();
  const erasedAt = Math.max(
    0,
    ...entries.filter(({ command }) => command === 'person.erase').map(({ sequence }) => sequence),
  );
  const versions = new Map(
    desk.configurations
      .list()
      .flatMap(contentsOf)
      .map(({ commit, configVersion }) => [commit, configVersion]),
  );
  const history = entries.map((entry, index): PolicyHistoryEntry => {
    const mine = changes[index] ?? [];
    const configVersion = versions.get(entry.configuration ?? '');
    const erased = entry.sequence <= erasedAt && mine.some(({ type }) => PERSONAL.has(type));
    return {
      id: entry.id,
      at: String(entry.at),
      author: look(desk, 'user', entry.user)?.record.name ?? entry.user,
      command: entry.command,
      ...(configVersion === undefined ? {} : { configVersion }),
      records: mine.map((change) => recordChange(change, { last, known, names, quote: policy.quoteLocator })),
      ...(erased ? { erased } : {}),
    };
  });
  return history.reverse();
}

interface Life {
  readonly last: Map<string, readonly Fact[]>;
  readonly known: Map<string, string>;
  readonly names: Names;
  /** The policy's own quote: the others are offers. */
  readonly quote: string;
}

function recordChange(change: JournalEntry['changes'][number], life: Life): RecordChange {
  const { locator, record } = change;
  const type = change.type as ReadType;
  const key = `${type} ${locator}`;
  const before = life.last.get(key);
  const after = record === null ? [] : factsOf(type, record as RecordOf<ReadType>, life.names);
  life.last.set(key, after);
  const changes = diffFacts(before ?? [], after, life.known);
  const name = nameOf(type, record);
  const state = after.find((fact) => fact.key === 'state')?.value;
  if (type === 'quote' && locator === life.quote) remember(life.known, after);
  if (type === 'transaction' && state === 'issued')
    remember(
      life.known,
      after.filter(({ onTop }) => onTop),
    );
  return {
    type,
    locator,
    ...(name === undefined ? {} : { name }),
    what: record === null ? 'removed' : before === undefined ? 'created' : 'changed',
    changes,
  };
}

function remember(known: Map<string, string>, facts: readonly Fact[]): void {
  for (const { key, value } of facts) known.set(key, value);
}

function nameOf(type: ReadType, record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const { name, displayId, displayName } = record as Readonly<Record<string, unknown>>;
  const given =
    type === 'quote' ? name : type === 'document' ? displayName : type === 'invoice' ? displayId : undefined;
  return typeof given === 'string' && given !== '' ? given : undefined;
}

/** `type locator` of everything that belongs to a policy and that people read. */
function recordsOf(desk: Desk, policy: string, policyholder: string): ReadonlySet<string> {
  const found = new Set([`policy ${policy}`, `policyholder ${policyholder}`]);
  for (const type of READ_TYPES) {
    if (type === 'policy' || type === 'policyholder') continue;
    for (const { locator } of findAll(desk, type, 'policyLocator', policy)) found.add(`${type} ${locator}`);
  }
  return found;
}

/** The entries that changed them, each once, in their order. */
function entriesOf(desk: Desk, records: ReadonlySet<string>): readonly JournalEntry[] {
  const entries = new Map<string, JournalEntry>();
  for (const name of records) {
    const [type, locator] = name.split(' ') as [ReadType, string];
    for (const entry of desk.store.history(type, locator)) entries.set(entry.id, entry);
  }
  return [...entries.values()].sort((a, b) => a.sequence - b.sequence);
}

/** Titles come from the configuration that the policy was made with; where that can not be read, names have to do. */
async function namesFor(desk: Desk, policy: RecordOf<'policy'>): Promise<Names> {
  const deployed = await desk.configurations.version(policy.configVersion).catch(() => undefined);
  return {
    product: deployed?.configuration.products.find(({ name }) => name === policy.productName),
    policyholder: deployed?.configuration.policyholder.fields ?? [],
    labels: new Map(),
  };
}
