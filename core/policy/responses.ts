import { amountText, sumOf } from '#core/billing/amounts.ts';
import { paymentResponses } from '#core/billing/payment-response.ts';
import { financialTransaction } from '#core/billing/planned-response.ts';
import type { BillingRecord, InvoiceRecord, PaymentRecord } from '#core/desk/billing-records.ts';
import type { DocumentRecord, PolicyholderRecord, PolicyRecord, QuoteRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type {
  DocumentResponse,
  InvoiceResponse,
  MediaResponse,
  PolicyExposurePeril,
  PolicyholderResponse,
  PolicyModificationResponse,
  PolicyResponse,
} from '#core/model/policy.ts';
import type { Timeline } from '#core/model/timeline/contract.ts';
import { type Stamps, type TimelineView, timelineParts } from './timeline-response.ts';
import { historyOf } from './transactions/history.ts';
import { modificationName, modificationResponse, rowChanges } from './transactions/modification.ts';

/**
 * From records to what the API answers (formats §3.2–3.8): pure, the same records always give the same answer. Before issuance
 * a policy shows its selected quote, afterwards the one that was issued: the same thing here, because issuing keeps it selected.
 */
export interface PolicyView {
  readonly policy: PolicyRecord;
  readonly quote: QuoteRecord;
  /** All quotes of the policy, for the summary. */
  readonly quotes: readonly QuoteRecord[];
  /** Those that move the policy through time after its issue, in any state. */
  readonly transactions: readonly TransactionRecord[];
  readonly invoices: readonly InvoiceRecord[];
  readonly payments: readonly PaymentRecord[];
  /** What is planned; absent where only the policy itself counts. */
  readonly billing?: BillingRecord | undefined;
  readonly documents: readonly DocumentRecord[];
  readonly media: (locator: string) => MediaResponse | undefined;
}

const text = (millis: number): string => String(millis);

export function policyholderResponse(record: PolicyholderRecord, version: number): PolicyholderResponse {
  const { locator, createdAt, updatedAt, completed, entity } = record;
  return {
    locator,
    version,
    createdTimestamp: text(createdAt),
    updatedTimestamp: text(updatedAt),
    completed,
    entity: { values: entity.values, completed },
  };
}

export function policyResponse(view: PolicyView): PolicyResponse {
  const { policy, quote } = view;
  const history = historyOf(quote, policy.issuedAt === undefined ? [] : view.transactions);
  const stamps = stampsOf(policy, quote, history.issued);
  const shown = timelineResponse(view, { timeline: history.timeline, stamps });
  const modifications = modificationsOf(view, history.issued, history.timeline);
  return { ...shown, modifications, ...billingParts(view, shown) };
}

/** The creation of a policy and transactions of it as its modifications, in the order of issue. @param timeline with their rows */
export function modificationsOf(
  view: PolicyView,
  issued: readonly TransactionRecord[],
  timeline: Timeline,
): readonly PolicyModificationResponse[] {
  const { policy, quote } = view;
  const modified = { policyLocator: policy.locator, currency: quote.currency, configVersion: policy.configVersion };
  const changes = rowChanges(timeline);
  return [
    creationResponse(view),
    ...issued.map((record) => modificationResponse(modified, record, String(record.order ?? 0), timeline, changes)),
  ];
}

/** What billing adds to a policy: fees on installments (formats §2.9), and the schedule that it is billed by from now on. */
function billingParts(
  { billing, policy, quote }: PolicyView,
  shown: Pick<PolicyResponse, 'fees' | 'grossFees'>,
): Partial<PolicyResponse> {
  if (billing?.quoteLocator !== quote.locator) return {};
  const { fees, paymentScheduleName } = billing.state;
  const added = fees.map(({ feeLocator = '', feeName = '', description = '', amount, start, end }) => ({
    locator: feeLocator,
    name: feeName,
    description,
    amount,
    amountCurrency: billing.currency,
    startTimestamp: text(start),
    endTimestamp: text(end),
    reversed: false,
  }));
  return {
    ...(added.length === 0
      ? {}
      : {
          fees: [...shown.fees, ...added],
          grossFees: amountText(sumOf([{ amount: shown.grossFees }, ...added]), billing.currency),
        }),
    ...(policy.issuedAt === undefined || paymentScheduleName === undefined ? {} : { paymentScheduleName }),
  };
}

/** A policy at some state of its timeline, recorded or in the making; without modifications. */
export function timelineResponse(
  view: PolicyView,
  at: Pick<TimelineView, 'timeline' | 'stamps' | 'found'>,
): PolicyResponse {
  const { policy, quote } = view;
  const { timeline } = at;
  const documents = view.documents.filter(({ quoteLocator }) => quoteLocator === quote.locator);
  const invoices = view.invoices.filter(({ quoteLocator }) => quoteLocator === quote.locator);
  const parts = timelineParts({ policy, currency: quote.currency, media: view.media, ...at });
  const updated = Math.max(policy.updatedAt, quote.updatedAt);
  const first = timeline.terms[0] ?? { start: quote.contractStart, end: quote.contractEnd };
  const { ended } = timeline;
  const cancelling = ended && view.transactions.find(({ modification }) => modification === ended.by);
  const schedule = scheduleAt(view);
  return {
    locator: policy.locator,
    displayId: policy.displayId,
    policyholderLocator: policy.policyholderLocator,
    productLocator: policy.productName,
    productName: policy.productName,
    currency: policy.currency,
    configVersion: policy.configVersion,
    createdTimestamp: text(policy.createdAt),
    updatedTimestamp: text(updated),
    ...(policy.issuedAt === undefined ? {} : { issuedTimestamp: text(policy.issuedAt) }),
    originalContractStartTimestamp: text(first.start),
    originalContractEndTimestamp: text(first.end),
    effectiveContractEndTimestamp: text(ended?.at ?? timeline.terms.at(-1)?.end ?? first.end),
    characteristics: parts.characteristics,
    exposures: parts.exposures,
    modifications: [],
    documents: documents.filter(({ invoiceLocator }) => invoiceLocator === undefined).map(documentResponse),
    invoices: invoices.map((invoice) => invoiceResponse(invoice, documents, view.payments)),
    fees: parts.fees,
    grossFees: parts.grossFees,
    grossFeesCurrency: quote.currency,
    ...(schedule === undefined ? {} : { paymentScheduleName: schedule }),
    quoteLocator: quote.locator,
    quoteSummary: {
      selected: policy.quoteLocator,
      notDiscarded: view.quotes
        .filter(({ state }) => state !== 'discarded')
        .map(({ locator, name, state }) => ({ locator, name, state })),
    },
    ...(ended && cancelling
      ? {
          cancellation: {
            effectiveTimestamp: text(ended.at),
            modificationLocator: ended.by,
            modificationName: modificationName(cancelling),
          },
        }
      : {}),
  };
}

/** A policy with only the rows that stand. */
export function withoutReplaced(policy: PolicyResponse): PolicyResponse {
  const stands = ({ replacedTimestamp }: { readonly replacedTimestamp?: string }): boolean =>
    replacedTimestamp === undefined;
  return {
    ...policy,
    characteristics: policy.characteristics.filter(stands),
    exposures: policy.exposures.map((exposure) => ({
      ...exposure,
      characteristics: exposure.characteristics.filter(stands),
      perils: exposure.perils.map((peril) => ({ ...peril, characteristics: peril.characteristics.filter(stands) })),
    })),
  };
}

/** The payment schedule as the last issued transaction that names one left it. */
function scheduleAt({ quote, transactions }: PolicyView): string | undefined {
  const issued = transactions.filter(({ state }) => state === 'issued').sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  return (
    issued.findLast(({ newPaymentScheduleName }) => newPaymentScheduleName)?.newPaymentScheduleName ??
    quote.paymentScheduleName
  );
}

/** Times of the transactions that rows name, in the order of issue. */
export function stampsOf(
  policy: Pick<PolicyRecord, 'issuedAt'>,
  quote: QuoteRecord,
  issued: readonly TransactionRecord[],
): Map<string, Stamps> {
  const { createdAt, updatedAt } = quote;
  const { issuedAt } = policy;
  const first: Stamps = { createdAt, updatedAt, replaced: updatedAt, ...(issuedAt === undefined ? {} : { issuedAt }) };
  return new Map([
    [quote.modification, first],
    ...issued.map((record): [string, Stamps] => [
      record.modification,
      {
        createdAt: record.createdAt,
        updatedAt: record.updatedAt,
        ...(record.issuedAt === undefined ? {} : { issuedAt: record.issuedAt }),
        replaced: record.issuedAt ?? record.updatedAt,
      },
    ]),
  ]);
}

/** The rows of the quote that have no price yet, for the pricing engine. */
export function rowsToPrice(quote: QuoteRecord): readonly PolicyExposurePeril[] {
  return quote.exposures.flatMap((exposure) =>
    exposure.perils.map((peril) => ({
      policyCharacteristicsLocator: quote.row,
      exposureCharacteristicsLocator: exposure.row,
      perilCharacteristicsLocator: peril.row,
    })),
  );
}

function creationResponse({ policy, quote }: PolicyView): PolicyModificationResponse {
  const { price, currency } = quote;
  return {
    locator: quote.modification,
    number: '0',
    name: 'modification.policy.create',
    displayId: quote.modification,
    policyLocator: policy.locator,
    createdTimestamp: text(quote.createdAt),
    updatedTimestamp: text(quote.updatedAt),
    ...(policy.issuedAt === undefined ? {} : { issuedTimestamp: text(policy.issuedAt) }),
    effectiveTimestamp: text(quote.contractStart),
    policyEndTimestamp: text(quote.contractEnd),
    ...(price ? { premiumChange: price.grossPremium, premiumChangeCurrency: currency } : {}),
    configVersion: policy.configVersion,
    ...(quote.underwriting ? { automatedUnderwritingResult: quote.underwriting } : {}),
    exposureModifications: quote.exposures.map((exposure) => ({
      locator: exposure.modification,
      exposureLocator: exposure.locator,
      newExposureCharacteristicsLocator: exposure.row,
      perilModifications: exposure.perils.map((peril) => {
        const premium = price?.perils[peril.row]?.premium;
        return {
          locator: peril.modification,
          perilLocator: peril.locator,
          newPerilCharacteristicsLocator: peril.row,
          ...(premium === undefined ? {} : { premiumChange: premium, premiumChangeCurrency: currency }),
        };
      }),
    })),
    newPolicyCharacteristicsLocator: quote.row,
    fieldValues: {},
    mediaByLocator: {},
  };
}

export function documentResponse(document: DocumentRecord): DocumentResponse {
  const { locator, displayName, fileName, type, policyModificationLocator, createdAt } = document;
  return {
    locator,
    displayName,
    fileName,
    type,
    url: `/api/documents/${locator}`,
    policyModificationLocator,
    createdTimestamp: text(createdAt),
  };
}

export function invoiceResponse(
  invoice: InvoiceRecord,
  documents: readonly DocumentRecord[],
  payments: readonly PaymentRecord[] = [],
): InvoiceResponse {
  const { currency, settlementType } = invoice;
  return {
    locator: invoice.locator,
    displayId: invoice.displayId,
    policyLocator: invoice.policyLocator,
    invoiceType: invoice.invoiceType,
    createdTimestamp: text(invoice.createdAt),
    startTimestamp: text(invoice.start),
    endTimestamp: text(invoice.end),
    dueTimestamp: text(invoice.due),
    totalDue: invoice.totalDue,
    totalDueCurrency: currency,
    settlementStatus: invoice.settlementStatus,
    ...(settlementType === undefined ? {} : { settlementType }),
    statuses: invoice.statuses.map(({ status, at }) => ({ status, timestamp: text(at) })),
    payments: paymentResponses(payments, invoice.locator),
    documents: documents.filter(({ invoiceLocator }) => invoiceLocator === invoice.locator).map(documentResponse),
    financialTransactions: invoice.items.map((item) => financialTransaction(item, currency)),
    transactionIssued: invoice.transactionIssued,
    policyModificationLocator: invoice.policyModificationLocator,
  };
}
