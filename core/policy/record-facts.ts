import type { RecordOf } from '#core/desk/records.ts';
import type { FieldDefinition, FieldValues } from '#core/model/field.ts';
import type { Product } from '#core/model/product.ts';
import type { Insured, Limits, Values, ValuesPatch } from '#core/model/timeline/contract.ts';
import type { RecordType } from '#core/store/contract.ts';
import type { Fact, FactKind, Part } from './record-diff.ts';

/** What things are called: titles of the configuration, and a label for every exposure and peril. */
export interface Names {
  readonly product: Pick<Product, 'fields' | 'exposures'> | undefined;
  readonly policyholder: readonly FieldDefinition[];
  /** By locator: `Vehicle 1`; its peril with its exposure before it. */
  readonly labels: Map<string, Labelled>;
}
interface Labelled {
  /** Name of the exposure; absent for a peril. */
  readonly exposure?: string;
  readonly path: readonly Part[];
  readonly fields: readonly FieldDefinition[];
}

/** The record types whose changes people read; everything else is technical. */
export const READ_TYPES = [
  'policyholder',
  'policy',
  'quote',
  'transaction',
  'invoice',
  'payment',
  'gracePeriod',
  'document',
  'note',
] as const;
export type ReadType = (typeof READ_TYPES)[number];

/** What a record says, without what is only ours: locators, rows, timestamps of writing. */
export function factsOf<T extends ReadType>(type: T, record: RecordOf<T>, names: Names): readonly Fact[] {
  const facts = FACTS[type] as (record: RecordOf<T>, names: Names) => readonly Fact[];
  return facts(record, names).filter(({ value }) => value !== '');
}

const FACTS: { readonly [T in ReadType]: (record: RecordOf<T>, names: Names) => readonly Fact[] } = {
  policyholder: ({ entity, completed }, { policyholder }) => [
    ...valueFacts('', [], policyholder, { fieldValues: entity.values, fieldGroupsByLocator: {} }),
    member('completed', completed ? 'yes' : '', 'word'),
  ],
  policy: ({ displayId, locator, currency, issuedAt }) => [
    member('policyNumber', displayId === locator ? '' : displayId),
    member('issuedAt', issuedAt, 'instant'),
    member('currency', currency),
  ],
  quote: (quote, names) => [
    member('name', quote.name),
    member('state', quote.state, 'word'),
    member('contractStart', quote.contractStart, 'instant'),
    member('contractEnd', quote.contractEnd, 'instant'),
    member('currency', quote.currency),
    member('paymentSchedule', quote.paymentScheduleName),
    ...insuredFacts(quote, names),
    member('grossPremium', quote.price?.grossPremium, 'amount'),
    member('grossTaxes', quote.price?.grossTaxes, 'amount'),
    member('grossFees', quote.price?.grossFees, 'amount'),
    ...underwritingFacts(quote.underwriting),
  ],
  transaction: (transaction, names) => [
    member('kind', transaction.kind, 'word'),
    member('name', transaction.name),
    member('state', transaction.state, 'word'),
    member('effective', transaction.effective, 'instant'),
    member('contractEnd', transaction.end, 'instant'),
    member('issuedAt', transaction.issuedAt, 'instant'),
    member('category', transaction.category),
    member('comments', transaction.comments),
    member('paymentSchedule', transaction.newPaymentScheduleName),
    ...changeFacts(transaction, names),
    ...(transaction.fees ?? []).map((fee) =>
      fact(`fee ${fee.locator}`, [{ title: fee.description || fee.name }], fee.amount, 'amount'),
    ),
    { ...member('grossPremium', transaction.gross?.after.premium, 'amount'), onTop: true },
    ...underwritingFacts(transaction.underwriting),
  ],
  invoice: (invoice) => [
    member('invoiceNumber', invoice.displayId),
    member('invoiceType', invoice.invoiceType, 'word'),
    member('totalDue', invoice.totalDue, 'amount'),
    member('due', invoice.due, 'instant'),
    member('settlement', invoice.settlementType ?? invoice.settlementStatus, 'word'),
  ],
  payment: (payment) => [
    member('kind', payment.kind, 'word'),
    member('amount', payment.amount, 'amount'),
    member('postedAt', payment.postedAt, 'instant'),
    member('reversedAt', payment.reversedAt, 'instant'),
    ...valueFacts('', [], [], { fieldValues: payment.fieldValues, fieldGroupsByLocator: {} }),
  ],
  gracePeriod: (grace) => [
    member('state', grace.state, 'word'),
    member('start', grace.start, 'instant'),
    member('end', grace.end, 'instant'),
  ],
  document: (document) => [member('document', document.displayName), member('pages', document.pages)],
  note: (note) => [
    member('text', note.text),
    member('due', note.due, 'day'),
    member('done', note.done ? 'yes' : '', 'word'),
    member('removed', note.removed ? 'yes' : '', 'word'),
  ],
};

/** Gives every exposure and peril of a record a label, numbered among those of its name; known ones keep theirs. */
export function label(type: RecordType, record: unknown, names: Names): void {
  if (type === 'quote') labelExposures((record as RecordOf<'quote'>).exposures, names, () => 0);
  if (type !== 'transaction') return;
  const { change } = record as RecordOf<'transaction'>;
  // What a transaction adds is counted on from what the policy has.
  labelExposures(
    change.addExposures.filter(({ locator }) => !names.labels.has(locator)),
    names,
    (name) => [...names.labels.values()].filter(({ exposure }) => exposure === name).length,
  );
  for (const [exposure, { addPerils }] of Object.entries(change.exposures))
    for (const peril of addPerils) labelPeril(peril, exposure, names);
}

function labelExposures(
  exposures: Insured['exposures'] | RecordOf<'quote'>['exposures'],
  names: Names,
  from: (name: string) => number,
): void {
  const seen = new Map<string, number>();
  for (const exposure of exposures) {
    const number = (seen.get(exposure.name) ?? from(exposure.name)) + 1;
    seen.set(exposure.name, number);
    const definition = names.product?.exposures.find(({ name }) => name === exposure.name);
    if (!names.labels.has(exposure.locator))
      names.labels.set(exposure.locator, {
        exposure: exposure.name,
        path: [{ title: `${definition?.displayName ?? exposure.name} ${number}` }],
        fields: definition?.fields ?? [],
      });
    for (const peril of exposure.perils) labelPeril(peril, exposure.locator, names, definition);
  }
}

function labelPeril(
  peril: { readonly locator: string; readonly name: string },
  exposure: string,
  names: Names,
  definition?: Product['exposures'][number],
): void {
  const known = (definition?.perils ?? names.product?.exposures.flatMap(({ perils }) => perils) ?? []).find(
    ({ name }) => name === peril.name,
  );
  if (!names.labels.has(peril.locator))
    names.labels.set(peril.locator, {
      path: [...(names.labels.get(exposure)?.path ?? []), { title: known?.displayName ?? peril.name }],
      fields: known?.fields ?? [],
    });
}

function insuredFacts(
  insured: Values & { readonly exposures: Insured['exposures'] | RecordOf<'quote'>['exposures'] },
  names: Names,
): readonly Fact[] {
  return [
    ...valueFacts('', [], names.product?.fields ?? [], insured),
    ...insured.exposures.flatMap((exposure) => exposureFacts(exposure, names)),
  ];
}

function exposureFacts(
  exposure: Insured['exposures'][number] | RecordOf<'quote'>['exposures'][number],
  names: Names,
): readonly Fact[] {
  const { path, fields } = labelled(names, exposure.locator);
  return [
    fact(exposure.locator, path, 'covered', 'word'),
    ...valueFacts(exposure.locator, path, fields, exposure),
    ...exposure.perils.flatMap((peril) => perilFacts(peril, names)),
  ];
}

function perilFacts(
  peril: Values & { readonly locator: string; readonly amounts: Limits },
  names: Names,
): readonly Fact[] {
  const { path, fields } = labelled(names, peril.locator);
  return [
    fact(peril.locator, path, 'covered', 'word'),
    ...limitFacts(peril.locator, path, peril.amounts),
    ...valueFacts(peril.locator, path, fields, peril),
  ];
}

function limitFacts(
  owner: string,
  path: readonly Part[],
  amounts: Readonly<Record<string, string | null | undefined>>,
): readonly Fact[] {
  return Object.entries(amounts).map(([name, amount]) =>
    fact(`${owner} ${name}`, [...path, { member: name }], amount ?? '', amount === 'unlimited' ? 'word' : 'amount'),
  );
}

/** Fields by the titles of their definitions; of a group, one fact for each of its fields and repeats. */
function valueFacts(
  owner: string,
  path: readonly Part[],
  definitions: readonly FieldDefinition[],
  values: Values,
): readonly Fact[] {
  const { fieldValues, fieldGroupsByLocator } = values;
  return Object.entries(fieldValues).flatMap(([name, list]) => {
    const definition = definitions.find((candidate) => candidate.name === name);
    const title = { title: definition?.title || name };
    const groups = list.filter((locator) => Object.hasOwn(fieldGroupsByLocator, locator));
    if (groups.length === 0) return [fact(`${owner} ${name}`, [...path, title], list.join(', '))];
    return groups.flatMap((locator, index) =>
      valueFacts(locator, [...path, { title: `${title.title} ${index + 1}` }], definition?.fields ?? [], {
        fieldValues: fieldGroupsByLocator[locator] as FieldValues,
        fieldGroupsByLocator,
      }),
    );
  });
}

/** What a transaction changes of what is insured, on top of what stood there. */
function changeFacts({ change }: RecordOf<'transaction'>, names: Names): readonly Fact[] {
  const ended = (locator: string): Fact => fact(locator, labelled(names, locator).path, 'ended', 'word');
  const facts = [
    ...patchFacts('', [], names.product?.fields ?? [], change.values),
    ...change.addExposures.flatMap((exposure) => exposureFacts(exposure, names)),
    ...change.endExposures.map(ended),
    ...Object.entries(change.exposures).flatMap(([locator, exposure]) => {
      const { path, fields } = labelled(names, locator);
      return [
        ...patchFacts(locator, path, fields, exposure.values),
        ...exposure.addPerils.flatMap((peril) => perilFacts(peril, names)),
        ...exposure.endPerils.map(ended),
        ...Object.entries(exposure.perils).flatMap(([peril, { values, amounts }]) => {
          const known = labelled(names, peril);
          return [
            ...patchFacts(peril, known.path, known.fields, values),
            ...limitFacts(peril, known.path, amounts ?? {}),
          ];
        }),
      ];
    }),
  ];
  return facts.map((one) => ({ ...one, onTop: true }));
}

function patchFacts(
  owner: string,
  path: readonly Part[],
  definitions: readonly FieldDefinition[],
  patch: ValuesPatch | undefined,
): readonly Fact[] {
  if (!patch) return [];
  const set = (
    key: string,
    at: readonly Part[],
    known: readonly FieldDefinition[],
    values: ValuesPatch['fields'],
  ): Fact[] =>
    Object.entries(values).map(([name, list]) => {
      const title = known.find((candidate) => candidate.name === name)?.title || name;
      return fact(`${key} ${name}`, [...at, { title }], list?.join(', ') ?? '');
    });
  const groups = definitions.filter(({ type }) => type === 'group');
  const ofGroup = (locator: string): FieldDefinition | undefined =>
    groups.find(({ name }) => patch.lists[name]?.add.includes(locator)) ??
    (groups.length === 1 ? groups[0] : undefined);
  return [
    ...set(owner, path, definitions, patch.fields),
    ...Object.entries(patch.groups).flatMap(([locator, values]) => {
      const group = ofGroup(locator);
      return set(
        locator,
        [...path, ...(group ? [{ title: group.title || group.name }] : [])],
        group?.fields ?? [],
        values,
      );
    }),
  ];
}

function underwritingFacts(
  given: { readonly decision: string; readonly notes: readonly string[] } | undefined,
): readonly Fact[] {
  return given ? [member('decision', given.decision, 'word'), member('decisionNotes', given.notes.join(' · '))] : [];
}

function labelled({ labels }: Names, locator: string): Labelled {
  return labels.get(locator) ?? { path: [], fields: [] };
}

function member(name: string, value: string | number | undefined, kind: FactKind = 'text'): Fact {
  return fact(name, [{ member: name }], value === undefined ? '' : String(value), kind);
}

function fact(key: string, path: readonly Part[], value: string, kind: FactKind = 'text'): Fact {
  return { key, path, value, kind };
}
