import { describe, expect, it } from 'vitest';
import type { InvoiceResponse, PaymentResponse } from '#core/model/policy.ts';
import { accountOf, chargeLines, movementsOf, outstandingOf } from './account.ts';

const payment = (amount: string, posted: number, more: Partial<PaymentResponse> = {}): PaymentResponse => ({
  locator: `p${posted}`,
  displayId: `P${posted}`,
  invoiceLocator: 'i',
  amount,
  amountCurrency: 'USD',
  postedTimestamp: String(posted),
  fieldValues: {},
  mediaByLocator: {},
  ...more,
});
const item = (type: 'premium' | 'tax' | 'fee' | 'commission', amount: string, name?: string) => ({
  type,
  amount,
  amountCurrency: 'USD',
  startTimestamp: '0',
  endTimestamp: '1',
  ...(type === 'tax' && name ? { taxName: name } : {}),
  ...(type === 'fee' && name ? { feeName: name } : {}),
});
const invoice = (
  number: string,
  totalDue: string,
  created: number,
  more: Partial<InvoiceResponse> = {},
): InvoiceResponse => ({
  locator: number,
  displayId: number,
  policyLocator: 'policy',
  invoiceType: 'newBusiness',
  createdTimestamp: String(created),
  startTimestamp: '0',
  endTimestamp: '1',
  dueTimestamp: '2',
  totalDue,
  totalDueCurrency: 'USD',
  settlementStatus: 'outstanding',
  statuses: [],
  payments: [],
  documents: [],
  financialTransactions: [item('premium', totalDue), item('commission', '9')],
  transactionIssued: true,
  ...more,
});

const billed = {
  invoices: [
    invoice('1', '100.10', 1, {
      payments: [payment('40.00', 2), payment('10.00', 3, { reversedTimestamp: '4' })],
    }),
    invoice('2', '50.00', 5, {
      settlementStatus: 'settled',
      settlementType: 'writtenOff',
      payments: [payment('20.00', 6)],
      statuses: [{ status: 'writtenOff', timestamp: '7' }],
    }),
    invoice('3', '70.00', 8, {
      settlementStatus: 'settled',
      settlementType: 'invalidated',
      statuses: [{ status: 'invalidated', timestamp: '9' }],
    }),
    invoice('4', '-30.00', 10, { payments: [payment('-5.00', 11)] }),
  ],
  plannedInvoices: [{ totalDue: '12.34', financialTransactions: [item('premium', '10.00'), item('tax', '2.34', 't')] }],
};

describe('the account of a policy', () => {
  it('adds up: charged is invoiced and planned, invoiced is paid, written off and open', () => {
    expect(accountOf(billed)).toEqual({
      charged: '132.44',
      invoiced: '120.1',
      planned: '12.34',
      paid: '55',
      writtenOff: '30',
      open: '35.1',
    });
  });

  it('says of each invoice what is still to be paid or given back', () => {
    expect(billed.invoices.map(outstandingOf)).toEqual(['60.1', '0', '0', '-25']);
  });

  it('names what is charged for; the lines add up to it', () => {
    expect(chargeLines(billed)).toEqual([
      { type: 'premium', name: '', amount: '130.1' },
      { type: 'tax', name: 't', amount: '2.34' },
    ]);
  });

  it('runs from movement to movement to what is open', () => {
    const moves = movementsOf(billed);
    expect(moves.map(({ kind, amount, balance }) => [kind, amount, balance])).toEqual([
      ['invoice', '100.10', '100.1'],
      ['payment', '-40', '60.1'],
      ['payment', '-10', '50.1'],
      ['reversal', '10.00', '60.1'],
      ['invoice', '50.00', '110.1'],
      ['payment', '-20', '90.1'],
      ['writtenOff', '-30', '60.1'],
      ['invoice', '70.00', '130.1'],
      ['invalidated', '-70', '60.1'],
      ['invoice', '-30.00', '30.1'],
      ['refund', '5', '35.1'],
    ]);
    expect(moves.at(-1)?.balance).toBe(accountOf(billed).open);
  });
});
