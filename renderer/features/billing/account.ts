import { Decimal } from '#core/model/decimal.ts';
import type { FinancialTransaction, InvoiceResponse } from '#core/model/policy.ts';

/** Where the money of a policy stands; amounts as text. `charged` = `invoiced` + `planned`; `invoiced` = `paid` + `writtenOff` + `open`. */
export interface Account {
  readonly charged: string;
  readonly invoiced: string;
  readonly planned: string;
  /** Paid and refunded, what was taken back left out. */
  readonly paid: string;
  readonly writtenOff: string;
  /** Below zero: what is still to be given back. */
  readonly open: string;
}
/** One line of what a policy is charged for. */
export interface ChargeLine {
  readonly type: FinancialTransaction['type'];
  /** Of a tax or fee; empty otherwise. */
  readonly name: string;
  readonly amount: string;
}
/** One movement of the running account, oldest first. */
export interface Movement {
  readonly at: number;
  readonly kind: 'invoice' | 'payment' | 'refund' | 'reversal' | 'writtenOff' | 'invalidated';
  /** Number of the invoice or payment. */
  readonly number: string;
  /** Of a payment that stands: it can be taken back. */
  readonly payment?: string;
  /** What it adds to what is owed; payments take away. */
  readonly amount: string;
  /** What is owed after it. */
  readonly balance: string;
}
export interface Billed {
  readonly invoices: readonly InvoiceResponse[];
  readonly plannedInvoices: readonly {
    readonly totalDue: string;
    readonly financialTransactions: readonly FinancialTransaction[];
  }[];
}

const sum = (amounts: readonly string[]): Decimal =>
  amounts.reduce((total, amount) => total.plus(amount), new Decimal(0));

/** What is still to be paid of an invoice; below zero, what is still to be given back. Nothing once it is settled. */
export function outstandingOf(invoice: InvoiceResponse): string {
  if (invoice.settlementStatus === 'settled') return '0';
  return new Decimal(invoice.totalDue).minus(sum(standing(invoice))).toString();
}

function standing({ payments }: InvoiceResponse): readonly string[] {
  return payments.filter(({ reversedTimestamp }) => reversedTimestamp === undefined).map(({ amount }) => amount);
}

/** Invoices that count: those of a transaction that was taken back never were. */
function counting(invoices: readonly InvoiceResponse[]): readonly InvoiceResponse[] {
  return invoices.filter(({ settlementType }) => settlementType !== 'invalidated');
}

export function accountOf({ invoices, plannedInvoices }: Billed): Account {
  const counted = counting(invoices);
  const invoiced = sum(counted.map(({ totalDue }) => totalDue));
  const planned = sum(plannedInvoices.map(({ totalDue }) => totalDue));
  const paid = sum(counted.flatMap(standing));
  const open = sum(counted.map(outstandingOf));
  return {
    charged: invoiced.plus(planned).toString(),
    invoiced: invoiced.toString(),
    planned: planned.toString(),
    paid: paid.toString(),
    writtenOff: invoiced.minus(paid).minus(open).toString(),
    open: open.toString(),
  };
}

const TYPES = ['premium', 'tax', 'fee', 'holdback'] as const;

/** What the policy is charged for, invoiced or planned; the lines add up to what is charged. Commissions are not owed. */
export function chargeLines({ invoices, plannedInvoices }: Billed): readonly ChargeLine[] {
  const sums = new Map<string, { readonly type: ChargeLine['type']; readonly name: string; amount: Decimal }>();
  for (const { financialTransactions } of [...counting(invoices), ...plannedInvoices])
    for (const { type, taxName, feeName, amount } of financialTransactions) {
      const name = (type === 'tax' ? taxName : type === 'fee' ? feeName : undefined) ?? '';
      const key = `${type} ${name}`;
      const known = sums.get(key);
      if (known) known.amount = known.amount.plus(amount);
      else sums.set(key, { type, name, amount: new Decimal(amount) });
    }
  const lines = [...sums.values()].map(({ amount, ...line }) => ({ ...line, amount: amount.toString() }));
  return TYPES.flatMap((type) => lines.filter((line) => line.type === type));
}

/** Every invoice, payment and what was taken back, in the order in which they happened, with what is owed after each. */
export function movementsOf({ invoices }: Billed): readonly Movement[] {
  const moves = invoices.flatMap((invoice): readonly Omit<Movement, 'balance'>[] => {
    const number = invoice.displayId;
    const settledAt = Number(
      invoice.statuses.findLast(({ status }) => status === invoice.settlementType)?.timestamp ??
        invoice.createdTimestamp,
    );
    const rest = new Decimal(invoice.totalDue).minus(sum(standing(invoice)));
    const gone = invoice.settlementType === 'writtenOff' || invoice.settlementType === 'invalidated';
    return [
      { at: Number(invoice.createdTimestamp), kind: 'invoice', number, amount: invoice.totalDue },
      ...invoice.payments.flatMap((payment): readonly Omit<Movement, 'balance'>[] => [
        {
          at: Number(payment.postedTimestamp),
          kind: new Decimal(payment.amount).isNegative() ? 'refund' : 'payment',
          number: payment.displayId,
          amount: new Decimal(payment.amount).negated().toString(),
          ...(payment.reversedTimestamp === undefined ? { payment: payment.locator } : {}),
        },
        ...(payment.reversedTimestamp === undefined
          ? []
          : [
              {
                at: Number(payment.reversedTimestamp),
                kind: 'reversal' as const,
                number: payment.displayId,
                amount: payment.amount,
              },
            ]),
      ]),
      ...(gone && !rest.isZero()
        ? [
            {
              at: settledAt,
              kind: invoice.settlementType as 'writtenOff' | 'invalidated',
              number,
              amount: rest.negated().toString(),
            },
          ]
        : []),
    ];
  });
  let balance = new Decimal(0);
  return moves
    .map((move, index) => ({ move, index }))
    .sort((a, b) => a.move.at - b.move.at || a.index - b.index)
    .map(({ move }) => {
      balance = balance.plus(move.amount);
      return { ...move, balance: balance.toString() };
    });
}
