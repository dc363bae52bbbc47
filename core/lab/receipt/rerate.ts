import type { Deployed } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { Gross } from '#core/model/timeline/money.ts';
import { historyOf } from '#core/policy/transactions/history.ts';
import { type Pending, workOut } from '#core/policy/transactions/work-out.ts';
import type { PricingInput, PricingPorts, PricingResult } from '#core/pricing/contract.ts';
import { priceTransaction } from '#core/pricing/price.ts';
import { exposureTitle, rowsToPrice } from '#core/pricing/rows.ts';
import { assertUsable } from '#core/product/load.ts';
import type { NamedAmount, RatedReceipt, Receipt, ReceiptInput } from './contract.ts';

/** What a receipt is rated with. */
export interface RatingOf {
  readonly about: Pick<Receipt['about'], 'product' | 'currency' | 'operation'>;
  readonly run: Receipt['run'];
  readonly configuration: Configuration;
  readonly commit: string;
}

/** Rates what a receipt holds. Throws the engines' problems, and `not-found` for a product that is not there. */
export async function rateReceipt(
  desk: Desk,
  of: RatingOf,
  input: ReceiptInput,
  ports: PricingPorts,
): Promise<RatedReceipt> {
  const product = of.configuration.products.find(({ name }) => name === of.about.product);
  if (!product) throw new Problem('not-found', `The configuration has no product "${of.about.product}".`);
  assertUsable(of.configuration, product.name);
  return input.kind === 'quote'
    ? rateQuote(of, product, input, ports)
    : rateTransaction(desk, of, product, input, ports);
}

async function rateQuote(
  { configuration, run, about }: RatingOf,
  product: Product,
  input: Extract<ReceiptInput, { kind: 'quote' }>,
  ports: PricingPorts,
): Promise<RatedReceipt> {
  const { policy, policyholder, toPrice } = input;
  const priced: PricingInput = {
    configuration,
    product,
    operation: about.operation,
    policy,
    policyholder,
    toPrice,
    fees: true,
    context: { ...run, worksheet: true },
    ...(policy.quoteLocator === undefined ? {} : { locators: { quoteLocator: policy.quoteLocator } }),
  };
  const result = await priceTransaction(priced, ports);
  if (!result.ok) throw result.problem;
  return { amounts: quoteAmounts(priced, result, about.currency), steps: result.worksheet?.steps ?? [] };
}

function quoteAmounts(
  { policy, toPrice, product }: PricingInput,
  result: Extract<PricingResult, { ok: true }>,
  currency: string,
): readonly NamedAmount[] {
  const rows = rowsToPrice(policy, toPrice, product).flatMap((row) => {
    const { premium, taxes } = result.perils[row.row.locator] ?? { premium: '', taxes: [] };
    const title = `${exposureTitle(row)}, ${row.peril.name}`;
    return [
      { what: `${title}: premium`, amount: premium },
      ...taxes.map(({ name, amount }) => ({ what: `${title}: ${name}`, amount })),
    ];
  });
  const { grossPremium, grossTaxes, grossFees } = result;
  const total = new Decimal(grossPremium).plus(grossTaxes).plus(grossFees);
  return [
    ...rows,
    ...result.fees.map(({ name, amount }) => ({ what: `fee ${name}`, amount })),
    { what: 'gross premium', amount: grossPremium },
    { what: 'gross taxes', amount: grossTaxes },
    { what: 'gross fees', amount: grossFees },
    { what: 'total', amount: moneyText(total, Math.max(currencyDecimals(currency), total.decimalPlaces())) },
  ];
}

async function rateTransaction(
  desk: Desk,
  { configuration, commit, run }: RatingOf,
  product: Product,
  input: Extract<ReceiptInput, { kind: 'transaction' }>,
  ports: PricingPorts,
): Promise<RatedReceipt> {
  const { policy, quote, issued, transaction, policyholder } = input;
  const pending: Pending = {
    view: {
      policy,
      quote,
      quotes: [quote],
      transactions: [...issued, transaction],
      invoices: [],
      payments: [],
      documents: [],
      media: () => undefined,
    },
    history: historyOf(quote, issued, product),
    record: transaction,
    deployed: deployedAs(configuration, commit, policy.configVersion),
    product,
    policyholder,
    ports,
    undecided: true,
  };
  const worked = await workOut(desk, pending, { ...run, worksheet: true });
  const { before, after } = worked.gross;
  return {
    amounts: [...grossAmounts('before', before), ...grossAmounts('after', after)],
    steps: worked.pricingSheet?.steps ?? [],
  };
}

function grossAmounts(when: string, { premium, taxes, fees, holdbacks, total }: Gross): readonly NamedAmount[] {
  return Object.entries({ premium, taxes, fees, holdbacks, total }).map(([what, amount]) => ({
    what: `${what} ${when}`,
    amount,
  }));
}

/** A configuration as a deployment of its own: of the record only commit and hash reach the engines. */
function deployedAs(configuration: Configuration, commit: string, configVersion: number): Deployed {
  const record: ConfigurationRecord = {
    locator: '',
    configVersion,
    commit,
    hash: configuration.hash,
    deployedAt: 0,
    products: [],
  };
  return { record, configuration };
}
