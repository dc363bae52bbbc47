/** One thing that a record says, named so that versions of it can be compared. */
export interface Fact {
  /** The same in every version, whatever the order of lists. */
  readonly key: string;
  readonly path: readonly Part[];
  readonly value: string;
  readonly kind: FactKind;
  /** It is said about what stood before by another record: a first version is compared with that. */
  readonly onTop?: true;
}
/** A name that the configuration or a person gave, or that of a member of ours, which the screens have words for. */
export type Part = { readonly title: string } | { readonly member: string };
/** How a value is read: `instant` milliseconds, `day` a calendar day, `amount` of the currency, `word` one of a closed set. */
export type FactKind = 'text' | 'instant' | 'day' | 'amount' | 'word';

/** What changed between two versions; a side is absent where there was nothing, or is nothing any more. */
export interface FieldChange {
  readonly path: readonly Part[];
  readonly kind: FactKind;
  readonly before?: string;
  readonly after?: string;
}

/**
 * What changed from one version of a record to the next, in the order in which the newer one says it; what went stands last.
 * @param known what other records said before, by key: what a fact `onTop` changes
 */
export function diffFacts(
  before: readonly Fact[],
  after: readonly Fact[],
  known: ReadonlyMap<string, string> = new Map(),
): readonly FieldChange[] {
  const was = new Map(before.map((fact) => [fact.key, fact.value]));
  const is = new Set(after.map(({ key }) => key));
  const came = after.flatMap(({ key, path, kind, value, onTop }): readonly FieldChange[] => {
    const old = was.get(key) ?? (onTop ? known.get(key) : undefined);
    return old === value ? [] : [change(path, kind, old, value)];
  });
  const went = before.filter(({ key }) => !is.has(key)).map(({ path, kind, value }) => change(path, kind, value, ''));
  return [...came, ...went].filter((one) => one.before !== undefined || one.after !== undefined);
}

function change(path: readonly Part[], kind: FactKind, before: string | undefined, after: string): FieldChange {
  return {
    path,
    kind,
    ...(before === undefined || before === '' ? {} : { before }),
    ...(after === '' ? {} : { after }),
  };
}
