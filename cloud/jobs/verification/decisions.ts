import { createHmac } from 'node:crypto';
import { Decimal } from '#core/model/decimal.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { BodyChange, EntryBody } from '#core/store/entry.ts';
import type { Decision, Why } from '../contract.ts';

/** What of a tenant's decisions is rated again. */
export interface Sampling {
  /** One of so many, by chance; 0: none. */
  readonly oneIn: number;
  /** All whose gross amount is that much or more, decimal text; null: whatever the amount. */
  readonly above: string | null;
}

/** The decisions that an entry brings (VJ10): each has a worksheet of its own, made by the entry. The entry may be sealed. */
export function decisionsIn({ changes }: EntryBody): readonly Decision[] {
  return changes.flatMap(({ type, locator: worksheet, base, record }): Decision[] => {
    if (type !== 'worksheet' || base !== 0 || !record) return [];
    const { transactionLocator, quoteLocator } = record;
    const [of, locator] =
      typeof transactionLocator === 'string'
        ? (['transaction', transactionLocator] as const)
        : (['quote', String(quoteLocator)] as const);
    const about = changes.find((change) => change.type === of && change.locator === locator)?.record ?? {};
    return [{ type: of, locator, worksheet, decided: decidedIn(about), gross: grossIn(of, about) }];
  });
}

/**
 * Why a decision is rated again; undefined: it is not. By chance means by a keyed hash of the entry's id: the same on every copy and
 * every try, and nobody outside can choose an id that escapes it (VJ11).
 */
export function whyVerified(
  decision: Decision,
  entry: string,
  { oneIn, above }: Sampling,
  key: Uint8Array,
): Why | undefined {
  if (oneIn === 0) return undefined;
  if (decision.decided !== undefined && decision.decided !== 'accept') return 'decision';
  if (above !== null && decision.gross !== undefined && new Decimal(decision.gross).gte(above)) return 'amount';
  const drawn = createHmac('sha256', key).update(`${entry} ${decision.locator}`).digest().readUIntBE(0, 6);
  return drawn % oneIn === 0 ? 'sample' : undefined;
}

/** Locators of the invoices that stand final and unpaid in an entry: until a transaction is issued its invoice can be taken back. */
export function finalInvoicesIn({ changes }: EntryBody): readonly string[] {
  const isFinal = ({ type, record }: BodyChange): boolean =>
    type === 'invoice' && record?.settlementStatus === 'outstanding' && record.transactionIssued === true;
  return changes.filter(isFinal).map(({ locator }) => locator);
}

function decidedIn({ underwriting }: JsonObject): string | undefined {
  const { decision } = objectOf(underwriting);
  return typeof decision === 'string' ? decision : undefined;
}

function grossIn(type: Decision['type'], { price, gross }: JsonObject): string | undefined {
  const { grossPremium } = objectOf(price);
  const { total } = objectOf(objectOf(gross).after);
  const amount = type === 'quote' ? grossPremium : total;
  return typeof amount === 'string' && /^-?\d+(\.\d+)?$/.test(amount) ? amount : undefined;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
