import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { Product } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { Insured, Values } from '#core/model/timeline/contract.ts';
import { applyChange } from '#core/model/timeline/insured.ts';
import { type PolicyView, policyResponse } from '../responses.ts';
import { reinstatementDeadline } from './deadline.ts';
import { type History, historyOf, insuredAt } from './history.ts';
import { priceChange } from './price.ts';

/**
 * What the documents of a transaction see beside the policyholder (formats §6): the policy with the transaction in it, and the
 * transaction under its own name.
 */
export function transactionData(view: PolicyView, product: Product, locator: string, timeZone: string) {
  const found = view.transactions.find((record) => record.locator === locator);
  if (!found) return { policy: policyResponse(view) };
  const others = view.transactions.filter((record) => record.locator !== locator);
  const before = historyOf(view.quote, others, product, found.issuedAt);
  const issued: TransactionRecord =
    found.state === 'issued'
      ? found
      : { ...found, state: 'issued', issuedAt: found.updatedAt, order: before.issued.length + 1 };
  const deadline = reinstatementDeadline(product, timeZone, found);
  return {
    policy: policyResponse({ ...view, transactions: [...others, issued] }),
    ...ownData(found, before, product, deadline),
  };
}

function ownData(
  record: TransactionRecord,
  before: History,
  product: Product,
  deadline: Millis | undefined,
): Record<string, unknown> {
  const price = record.gross && priceChange(record.gross);
  const moment = {
    locator: record.locator,
    displayId: record.locator,
    ...(record.issuedAt === undefined ? {} : { issuedTimestamp: String(record.issuedAt) }),
    startTimestamp: String(record.effective),
    effectiveTimestamp: String(record.effective),
    ...(price ? { price } : {}),
  };
  switch (record.kind) {
    case 'endorsement': {
      const name =
        product.endorsements.find((definition) => definition.name === record.name)?.displayName ?? record.name;
      return { endorsement: { ...moment, name, policyUpdates: updatesOf(record, before, product) } };
    }
    case 'renewal':
      return { renewal: { ...moment, endTimestamp: String(record.end ?? record.effective) } };
    case 'cancellation':
    case 'withdrawal': {
      const title = product.cancellations.find((definition) => definition.name === record.name)?.title ?? record.name;
      const cancellation = {
        ...moment,
        name: record.name,
        title,
        category: record.category ?? '',
        comments: record.comments ?? '',
      };
      return {
        cancellation,
        ...(record.name === 'lapse' && deadline !== undefined
          ? { lapse: { reinstatementPeriodEndTimestamp: String(deadline) } }
          : {}),
      };
    }
    case 'reinstatement':
      return { reinstatement: moment };
    case 'fees':
      return {};
  }
}

interface Update {
  readonly title: string;
  readonly oldValue: string;
  readonly newValue: string;
  readonly endorsementEffect: 'unchanged' | 'updated' | 'added' | 'removed';
}

function updatesOf({ change, effective }: TransactionRecord, before: History, product: Product) {
  const { insured } = insuredAt(before, effective);
  const { insured: after } = applyChange(insured, change, () => false);
  const all = fieldUpdates(insured, after, product.fields);
  return {
    allFieldValues: all,
    updatedFieldValues: changed(all),
    updatedFieldGroups: Object.keys(change.values?.groups ?? {}),
    updatedExposures: exposureUpdates(insured, after, product),
  };
}

function exposureUpdates(before: Insured, after: Insured, product: Product) {
  const locators = new Set([...before.exposures, ...after.exposures].map(({ locator }) => locator));
  return [...locators].flatMap((locator) => {
    const was = before.exposures.find((exposure) => exposure.locator === locator);
    const is = after.exposures.find((exposure) => exposure.locator === locator);
    const name = (is ?? was)?.name ?? '';
    const fields = product.exposures.find((definition) => definition.name === name)?.fields ?? [];
    const all = fieldUpdates(was ?? EMPTY, is ?? EMPTY, fields);
    const effect = !was ? 'added' : !is ? 'removed' : Object.keys(changed(all)).length > 0 ? 'updated' : 'unchanged';
    return effect === 'unchanged'
      ? []
      : [
          {
            exposureLocator: locator,
            name,
            endorsementEffect: effect,
            allFieldValues: all,
            updatedFieldValues: changed(all),
          },
        ];
  });
}

const EMPTY: Values = { fieldValues: {}, fieldGroupsByLocator: {} };

function fieldUpdates(before: Values, after: Values, fields: readonly FieldDefinition[]): Record<string, Update> {
  return Object.fromEntries(
    fields
      .filter(({ type }) => type !== 'group')
      .map(({ name, title }): [string, Update] => {
        const [oldValue, newValue] = [before, after].map(({ fieldValues }) => (fieldValues[name] ?? []).join(', '));
        const effect =
          oldValue === newValue ? 'unchanged' : oldValue === '' ? 'added' : newValue === '' ? 'removed' : 'updated';
        return [name, { title, oldValue: oldValue ?? '', newValue: newValue ?? '', endorsementEffect: effect }];
      }),
  );
}

function changed(all: Readonly<Record<string, Update>>): Record<string, Update> {
  return Object.fromEntries(
    Object.entries(all).filter(([, { endorsementEffect }]) => endorsementEffect !== 'unchanged'),
  );
}
