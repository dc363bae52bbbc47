import { type Desk, findAll, look } from '#core/desk/desk.ts';
import type { QuoteRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { AutomatedUnderwritingResultResponse, DocumentResponse } from '#core/model/policy.ts';
import { laterThan } from '#core/model/timeline/conflicts.ts';
import type { NewFee } from '#core/model/timeline/contract.ts';
import { type Difference, differencesBetween } from '#core/model/timeline/differences.ts';
import { applyChange } from '#core/model/timeline/insured.ts';
import { documentResponse } from '../responses.ts';
import { type History, insuredAfter, transactionOf } from './history.ts';
import { openTransaction } from './open.ts';
import { type PriceChange, priceChange } from './price.ts';

/** One transaction of a policy, as somebody asks who looks back: what it changed, what that cost, who did it and when. */
export interface TransactionDetails {
  readonly locator: string;
  /** Absent while it is not worked out. */
  readonly price?: PriceChange;
  readonly changes: readonly (Difference & {
    /** A back-dated transaction that was issued later set the same thing, and its value was chosen. */
    readonly gaveWay?: true;
  })[];
  readonly fees: readonly Pick<NewFee, 'name' | 'description' | 'amount'>[];
  readonly category?: string;
  readonly comments?: string;
  readonly underwriting?: AutomatedUnderwritingResultResponse;
  readonly documents: readonly DocumentResponse[];
  /** Every command on it, oldest first. */
  readonly steps: readonly { readonly at: string; readonly author: string; readonly command: string }[];
}

/**
 * What a transaction changed on what stood before it in effective order, and its story; of a policy's creation by the locator of its
 * quote. Throws `not-found`.
 */
export async function transactionDetails(desk: Desk, locator: string): Promise<TransactionDetails> {
  const quote = look(desk, 'quote', locator)?.record;
  if (quote) return creationDetails(desk, quote);
  const { transaction, history } = await openTransaction(desk, locator);
  const { record } = transaction;
  const { gross, category, comments, underwriting } = record;
  return {
    locator: record.locator,
    ...(gross ? { price: priceChange(gross) } : {}),
    changes: changesOf(history, record),
    fees: (record.fees ?? []).map(({ name, description, amount }) => ({ name, description, amount })),
    ...(category === undefined ? {} : { category }),
    ...(comments === undefined ? {} : { comments }),
    ...(underwriting ? { underwriting } : {}),
    documents: documentsOf(desk, record.modification),
    steps: stepsOf(desk, 'transaction', record.locator),
  };
}

/** New business has nothing before it: all of its price is a change. */
function creationDetails(desk: Desk, quote: QuoteRecord): TransactionDetails {
  const { price, underwriting } = quote;
  return {
    locator: quote.locator,
    ...(price
      ? {
          price: {
            premiumChange: price.grossPremium,
            taxChange: price.grossTaxes,
            feeChange: price.grossFees,
            holdbackChange: '0',
            totalChange: new Decimal(price.grossPremium).plus(price.grossTaxes).plus(price.grossFees).toString(),
            newGrossPremium: price.grossPremium,
            newGrossTaxes: price.grossTaxes,
            newGrossFees: price.grossFees,
          },
        }
      : {}),
    changes: [],
    fees: [],
    ...(underwriting ? { underwriting } : {}),
    documents: documentsOf(desk, quote.modification),
    steps: stepsOf(desk, 'quote', quote.locator),
  };
}

function documentsOf(desk: Desk, modification: string): readonly DocumentResponse[] {
  return findAll(desk, 'document', 'policyModificationLocator', modification).map(({ record }) =>
    documentResponse(record),
  );
}

function stepsOf(desk: Desk, type: 'transaction' | 'quote', locator: string): TransactionDetails['steps'] {
  return desk.store.history(type, locator).map((entry) => ({
    at: String(entry.at),
    author: look(desk, 'user', entry.user)?.record.name ?? entry.user,
    command: entry.command,
  }));
}

function changesOf(history: History, record: TransactionRecord): TransactionDetails['changes'] {
  const own = transactionOf(record, history.issued);
  if (!('change' in own)) return [];
  const others = history.transactions.filter((other) => other.locator !== own.locator);
  const later = new Set(laterThan(own, others));
  const { insured } = insuredAfter(
    history,
    others.filter((other) => !later.has(other)),
  );
  const after = applyChange(insured, own.change, () => false).insured;
  const masked = new Set(
    history.resolutions.filter(({ transaction }) => transaction === own.locator).map(({ path }) => path),
  );
  return differencesBetween(insured, after).map((difference) => ({
    ...difference,
    ...(masked.has(difference.path) ? { gaveWay: true as const } : {}),
  }));
}
