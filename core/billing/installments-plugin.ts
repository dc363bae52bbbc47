import * as z from 'zod';
import type { BillingState, InvoiceItem, PlannedInvoice } from '#core/desk/billing-records.ts';
import type { Charge } from '#core/model/charge.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { JsonValue } from '#core/model/json.ts';
import { currencyDecimals, roundHalfUp } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import { numbersAsText } from '#core/model/scope.ts';
import { programOf } from '#core/product/program.ts';
import { askProductPlugin } from '#core/sandbox/product-plugin.ts';
import { amountText } from './amounts.ts';
import type { BillingInput } from './contract.ts';
import { combined, inOrder } from './credits.ts';
import { plannedResponse } from './planned-response.ts';
import { pluginTime } from './plugin-parts.ts';
import { expectedOf, itemOf, misallocated, nowInvoice, remaindersOf, type Scheduling } from './schedule.ts';

const PLUGIN = 'createInstallments';

const amount = z.union([z.number(), z.string()]).transform((value, context) => {
  const number = parseDecimal(value);
  if (number) return number;
  context.addIssue({ code: 'custom', message: `${JSON.stringify(value)} is no amount` });
  return z.NEVER;
});
/** Shape of the answer (formats §2.9). */
const Answer = z.object({
  installments: z.array(
    z.object({
      startTimestamp: pluginTime,
      endTimestamp: pluginTime,
      issueTimestamp: pluginTime,
      dueTimestamp: pluginTime,
      writeOff: z.boolean().nullish(),
      invoiceItems: z.array(z.object({ chargeId: z.string(), amount })),
      installmentFees: z.array(z.object({ feeName: z.string(), description: z.string().nullish(), amount })).nullish(),
    }),
  ),
});

/**
 * Asks the product's schedule plugin where everything goes that is not invoiced yet (BI40 to BI44): it replaces all that was
 * planned. @returns the planned invoices, and the fees that it put on installments
 * @throws plugin-failed when a charge is not allocated exactly, naming it and the difference
 */
export async function askForInstallments(
  input: BillingInput,
  scheduling: Scheduling & { readonly state: BillingState },
  names: { readonly schedule: string; readonly oldSchedule: string | undefined },
  sandbox: Parameters<typeof askProductPlugin>[0]['sandbox'],
): Promise<Pick<BillingState, 'open' | 'planned' | 'fees'>> {
  const { deployed, product } = input;
  const { value } = await askProductPlugin({
    sandbox,
    program: programOf(deployed.configuration),
    product,
    name: PLUGIN,
    arguments: [request(input, scheduling, names)],
    answer: Answer,
    context: input.context,
    ...(input.reader ? { reader: input.reader } : {}),
  });
  return read(value, input, scheduling);
}

function request(
  { product, policy, policyResponse, transaction }: BillingInput,
  { charges, state, timeZone, days, currency }: Scheduling,
  names: { readonly schedule: string; readonly oldSchedule: string | undefined },
): JsonValue {
  const left = remaindersOf(state);
  const describe = (charge: Charge, isNew: boolean) => {
    const owed = isNew ? new Decimal(charge.amount) : (left.get(charge.locator)?.amount ?? new Decimal(0));
    return {
      chargeId: charge.locator,
      type: charge.type,
      category: isNew ? 'new' : 'previously_invoiced',
      amount: amountText(owed, currency),
      originalAmount: charge.amount,
      previouslyInvoicedAmount: amountText(new Decimal(charge.amount).minus(owed), currency),
      amountCurrency: currency,
      isNew,
      coverageStartTimestamp: charge.start,
      coverageEndTimestamp: charge.end,
      policyModificationLocator: charge.transactionLocator,
      perilCharacteristicsLocator: charge.perilCharacteristicsLocator,
      perilLocator: charge.perilLocator,
      perilName: charge.perilName,
      ...(charge.taxName === undefined ? {} : { taxName: charge.taxName, taxLocator: charge.locator }),
      ...(charge.feeName === undefined ? {} : { feeName: charge.feeName, feeLocator: charge.feeLocator }),
      ...(charge.commissionRecipient === undefined
        ? {}
        : { commissionRecipient: charge.commissionRecipient, commissionLocator: charge.locator }),
    };
  };
  return numbersAsText({
    operation: transaction.operation,
    transactionType: transaction.operation,
    charges: [
      ...charges.map((charge) => describe(charge, true)),
      ...state.open.map((charge) => describe(charge, false)),
    ],
    coverageStartTimestamp: transaction.coverageStart,
    coverageEndTimestamp: transaction.coverageEnd,
    defaultPaymentTerms: { amount: days, unit: 'day' },
    oldPaymentScheduleName: names.oldSchedule,
    paymentScheduleName: names.schedule,
    plannedInvoices: state.planned.map((planned) => plannedResponse(planned, currency)),
    policy: policyResponse?.() ?? {
      locator: policy.locator,
      policyholderLocator: policy.policyholderLocator,
      productName: policy.productName,
      originalContractStartTimestamp: policy.originalContractStart,
      currency: policy.currency,
      quoteLocator: policy.quoteLocator,
    },
    productName: product.name,
    tenantTimeZone: timeZone,
  });
}

function read(
  { installments }: z.output<typeof Answer>,
  { product, transaction }: BillingInput,
  scheduling: Scheduling & { readonly state: BillingState },
): Pick<BillingState, 'open' | 'planned' | 'fees'> {
  const { charges, state, currency, at } = scheduling;
  const path = `scripts/${product.plugins[PLUGIN]?.path ?? ''}`;
  const refuse = (what: string): Problem =>
    new Problem('plugin-failed', `${PLUGIN} in ${path} ${what}`, { place: { file: path, product: product.name } });
  const known = new Map([...state.open, ...charges].map((charge) => [charge.locator, charge]));
  const decimals = currencyDecimals(currency);
  const fees: Charge[] = [];
  const planned = installments.map((installment, i): PlannedInvoice => {
    const { startTimestamp: start, endTimestamp: end } = installment;
    if (end < start) throw refuse(`answered installment ${i} that ends before it starts.`);
    const items = installment.invoiceItems.map(({ chargeId, amount: given }): InvoiceItem => {
      const charge = known.get(chargeId);
      if (!charge) throw refuse(`put the charge ${chargeId} on installment ${i}: there is none of that name.`);
      return itemOf(charge, roundHalfUp(given, decimals), { start, end }, currency);
    });
    for (const { feeName, description, amount: given } of installment.installmentFees ?? []) {
      if (!product.fees.some(({ name }) => name === feeName))
        throw refuse(`put the fee "${feeName}" on installment ${i}: fees.json has none of that name.`);
      const rounded = roundHalfUp(given, decimals);
      if (rounded.isZero()) continue;
      const feeLocator = scheduling.newLocator();
      const fee: Charge = {
        locator: `${feeLocator}_f`,
        ...(description ? { description } : {}),
        type: 'fee',
        amount: amountText(rounded, currency),
        start,
        end,
        transactionLocator: transaction.locator,
        feeName,
        feeLocator,
      };
      fees.push(fee);
      items.push(itemOf(fee, rounded, fee, currency));
    }
    const atOnce = installment.issueTimestamp <= at;
    const writeOff = installment.writeOff === true;
    return {
      ...nowInvoice(scheduling),
      ...(atOnce && !writeOff ? {} : { invoiceType: 'installment' as const }),
      issueAt: installment.issueTimestamp,
      due: installment.dueTimestamp,
      // The plugin sets the due date; nothing becomes due before the end of the day on which it is issued (BI42).
      terms: 0,
      start,
      end,
      writeOff,
      items: combined(items, currency),
    };
  });
  const wrong = misallocated([...expectedOf(state, charges), ...expectedOf(EMPTY, fees)], planned);
  if (wrong)
    throw refuse(
      `did not allocate the charge ${wrong.locator} exactly: of ${wrong.expected} its installments hold ${wrong.difference} too ${
        wrong.difference.startsWith('-') ? 'little' : 'much'
      }.`,
    );
  const used = new Set(planned.flatMap(({ items }) => items.map(({ chargeLocator }) => chargeLocator)));
  return {
    planned: inOrder(planned),
    open: [...state.open, ...charges, ...fees].filter(({ locator }) => used.has(locator)),
    fees: [...state.fees, ...fees],
  };
}
const EMPTY = { open: [], planned: [] };
