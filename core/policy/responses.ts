import type {
  DocumentRecord,
  InvoiceRecord,
  PolicyholderRecord,
  PolicyRecord,
  QuotedExposure,
  QuotedPeril,
  QuoteRecord,
} from '#core/desk/records.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type {
  DocumentResponse,
  ExposureResponse,
  FeeResponse,
  InvoiceResponse,
  MediaResponse,
  PerilCharacteristics,
  PolicyCharacteristics,
  PolicyExposurePeril,
  PolicyholderResponse,
  PolicyModificationResponse,
  PolicyResponse,
} from '#core/model/policy.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';

/**
 * From records to what the API answers (formats §3.2–3.8): pure, the same records always give the same answer. Before issuance
 * a policy shows its selected quote, afterwards the one that was issued: the same thing here, because issuing keeps it selected.
 */
export interface PolicyView {
  readonly policy: PolicyRecord;
  readonly quote: QuoteRecord;
  /** All quotes of the policy, for the summary. */
  readonly quotes: readonly QuoteRecord[];
  readonly invoices: readonly InvoiceRecord[];
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
  const documents = view.documents.filter(({ quoteLocator }) => quoteLocator === quote.locator);
  const invoices = view.invoices.filter(({ quoteLocator }) => quoteLocator === quote.locator);
  return {
    locator: policy.locator,
    displayId: policy.displayId,
    policyholderLocator: policy.policyholderLocator,
    productLocator: policy.productName,
    productName: policy.productName,
    currency: policy.currency,
    configVersion: policy.configVersion,
    createdTimestamp: text(policy.createdAt),
    updatedTimestamp: text(Math.max(policy.updatedAt, quote.updatedAt)),
    ...(policy.issuedAt === undefined ? {} : { issuedTimestamp: text(policy.issuedAt) }),
    originalContractStartTimestamp: text(quote.contractStart),
    originalContractEndTimestamp: text(quote.contractEnd),
    effectiveContractEndTimestamp: text(quote.contractEnd),
    characteristics: [policyCharacteristics(view)],
    exposures: quote.exposures.map((exposure) => exposureResponse(exposure, view)),
    modifications: [modificationResponse(view)],
    documents: documents.filter(({ invoiceLocator }) => invoiceLocator === undefined).map(documentResponse),
    invoices: invoices.map((invoice) => invoiceResponse(invoice, documents)),
    fees: feeResponses(quote),
    grossFees: quote.price?.grossFees ?? zero(quote.currency),
    grossFeesCurrency: quote.currency,
    ...(quote.paymentScheduleName === undefined ? {} : { paymentScheduleName: quote.paymentScheduleName }),
    quoteLocator: quote.locator,
    quoteSummary: {
      selected: policy.quoteLocator,
      notDiscarded: view.quotes
        .filter(({ state }) => state !== 'discarded')
        .map(({ locator, name, state }) => ({ locator, name, state })),
    },
  };
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

export function policyCharacteristics({ policy, quote, media }: PolicyView): PolicyCharacteristics {
  const { currency, price } = quote;
  return {
    locator: quote.row,
    policyLocator: policy.locator,
    policyholderLocator: policy.policyholderLocator,
    productLocator: policy.productName,
    ...stamps(policy, quote),
    startTimestamp: text(quote.contractStart),
    endTimestamp: text(quote.contractEnd),
    policyStartTimestamp: text(quote.contractStart),
    policyEndTimestamp: text(quote.contractEnd),
    ...entity(quote, media),
    grossPremium: price?.grossPremium ?? zero(currency),
    grossPremiumCurrency: currency,
    grossTaxes: price?.grossTaxes ?? zero(currency),
    grossTaxesCurrency: currency,
    taxGroups: (price?.taxGroups ?? []).map((group) => ({ ...group, amountCurrency: currency })),
  };
}

export function exposureResponse(exposure: QuotedExposure, view: PolicyView): ExposureResponse {
  const { policy, quote, media } = view;
  const times = { createdTimestamp: text(quote.createdAt), updatedTimestamp: text(quote.updatedAt) };
  return {
    locator: exposure.locator,
    name: exposure.name,
    displayId: exposure.locator,
    policyLocator: policy.locator,
    ...times,
    characteristics: [
      {
        locator: exposure.row,
        exposureLocator: exposure.locator,
        startTimestamp: text(quote.contractStart),
        endTimestamp: text(quote.contractEnd),
        ...stamps(policy, quote),
        ...entity(exposure, media),
      },
    ],
    perils: exposure.perils.map((peril) => ({
      locator: peril.locator,
      name: peril.name,
      displayId: peril.locator,
      exposureLocator: exposure.locator,
      renewalGroup: peril.renewalGroup,
      ...times,
      characteristics: [perilCharacteristics(peril, exposure, view)],
    })),
  };
}

function perilCharacteristics(
  peril: QuotedPeril,
  exposure: QuotedExposure,
  { policy, quote, media }: PolicyView,
): PerilCharacteristics {
  const { currency } = quote;
  const priced = quote.price?.perils[peril.row];
  return {
    locator: peril.row,
    perilLocator: peril.locator,
    policyCharacteristicsLocator: quote.row,
    exposureCharacteristicsLocator: exposure.row,
    policyModificationLocator: quote.modification,
    coverageStartTimestamp: text(quote.contractStart),
    coverageEndTimestamp: text(quote.contractEnd),
    ...stamps(policy, quote),
    ...entity(peril, media),
    ...perilAmounts(peril, currency),
    ...(priced ? { ...priced, premiumCurrency: currency, premiumTemplateRevision: quote.price?.revision ?? '' } : {}),
  };
}

/** The peril's own amounts with the currency's decimals (`"30000.00"`); `unlimited` stays a word. */
function perilAmounts(peril: QuotedPeril, currency: string): Partial<PerilCharacteristics> {
  if (Object.keys(peril.amounts).length === 0) return {};
  const decimals = currencyDecimals(currency);
  return Object.fromEntries(
    PERIL_AMOUNTS.flatMap((name) => {
      const amount = peril.amounts[name];
      if (amount === undefined) return [];
      const number = parseDecimal(amount);
      return [
        [name, number ? moneyText(number, Math.max(decimals, number.decimalPlaces())) : amount],
        [`${name}Currency`, currency],
      ];
    }),
  );
}

function stamps(policy: PolicyRecord, quote: QuoteRecord) {
  return {
    createdTimestamp: text(quote.createdAt),
    updatedTimestamp: text(quote.updatedAt),
    ...(policy.issuedAt === undefined ? {} : { issuedTimestamp: text(policy.issuedAt) }),
  };
}

function entity(
  { fieldValues, fieldGroupsByLocator }: Pick<QuotedPeril, 'fieldValues' | 'fieldGroupsByLocator'>,
  media: PolicyView['media'],
) {
  // A media value is a locator; whether a value is one shows in that it names stored media.
  const everyValue = [fieldValues, ...Object.values(fieldGroupsByLocator)].flatMap((values) =>
    Object.values(values).flat(),
  );
  const found = everyValue.filter(isLocator).flatMap((value) => media(value) ?? []);
  return {
    fieldValues,
    fieldGroupsByLocator,
    mediaByLocator: Object.fromEntries(found.map((item) => [item.locator, item])),
  };
}
const isLocator = (value: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/.test(value);

function modificationResponse({ policy, quote }: PolicyView): PolicyModificationResponse {
  const { price, currency } = quote;
  return {
    locator: quote.modification,
    number: '0',
    name: 'modification.policy.create',
    displayId: quote.modification,
    policyLocator: policy.locator,
    ...stamps(policy, quote),
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

export function feeResponses(quote: QuoteRecord): readonly FeeResponse[] {
  return (quote.price?.fees ?? []).map((fee) => ({
    ...fee,
    amountCurrency: quote.currency,
    startTimestamp: text(quote.contractStart),
    endTimestamp: text(quote.contractEnd),
    reversed: false,
  }));
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

export function invoiceResponse(invoice: InvoiceRecord, documents: readonly DocumentRecord[]): InvoiceResponse {
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
    settlementStatus: settlementType === undefined ? 'outstanding' : 'settled',
    ...(settlementType === undefined ? {} : { settlementType }),
    statuses: invoice.statuses.map(({ status, at }) => ({ status, timestamp: text(at) })),
    payments: [],
    documents: documents.filter(({ invoiceLocator }) => invoiceLocator === invoice.locator).map(documentResponse),
    financialTransactions: invoice.items.map(({ start, end, ...item }) => ({
      ...item,
      amountCurrency: currency,
      startTimestamp: text(start),
      endTimestamp: text(end),
      policyModificationLocator: invoice.policyModificationLocator,
    })),
    transactionIssued: invoice.transactionIssued,
    policyModificationLocator: invoice.policyModificationLocator,
  };
}

export function zero(currency: string): string {
  return moneyText(new Decimal(0), currencyDecimals(currency));
}
