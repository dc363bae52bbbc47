import { outstandingOf } from '#core/billing/settlement.ts';
import { type Desk, findAll, look } from '#core/desk/desk.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import { calendarDay } from '#core/model/time.ts';
import type { RiskRow } from '#core/store/risk-contract.ts';
import type { ListedVerification } from '../verification/verifications.ts';

/** What a report shows: cells are text, amounts and days as they are written in data. */
export interface ReportTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
/** The book in force, invoices that are to be paid, and decisions that were rated again and not confirmed. */
export const REPORT_KINDS = ['book', 'open-invoices', 'verifications'] as const;

const PAGE = 1_000;
const MOST_ROWS = 200_000;

/** The issued policies that stand, by number. @param timeZone IANA: days are its days */
export function bookTable({ store }: Desk, timeZone: string): ReportTable {
  const query = { states: ['issued'], order: 'number', descending: false, limit: PAGE } as const;
  const risks: RiskRow[] = [];
  for (let more = true; more; ) {
    const { rows } = store.risks({ ...query, offset: risks.length, mostTotal: 1 });
    risks.push(...rows);
    more = rows.length === PAGE;
    refuseTooLong(risks.length);
  }
  return {
    columns: [
      'policy',
      'product',
      'insured',
      'items',
      'starts',
      'ends',
      'premium',
      'currency',
      'decision',
      'under way',
    ],
    rows: risks.map(({ number, product, insured, items, starts, ends, premium, currency, decision, open }) => [
      number ?? '',
      product,
      insured,
      items,
      calendarDay(starts, timeZone),
      // The end of a term is the instant at which it is over.
      calendarDay(ends, timeZone),
      premium ?? '',
      currency,
      decision ?? '',
      open ?? '',
    ]),
  };
}

/** Final invoices of which something is still to be paid, the longest due first. */
export function openInvoicesTable(desk: Desk, timeZone: string, now: number): ReportTable {
  const open = findAll(desk, 'invoice', 'settlementStatus', 'outstanding')
    .map(({ record }) => record)
    .filter(({ transactionIssued }) => transactionIssued)
    .sort((a, b) => a.due - b.due || (a.displayId < b.displayId ? -1 : 1));
  refuseTooLong(open.length);
  return {
    columns: ['invoice', 'policy', 'type', 'issued', 'due', 'overdue', 'total', 'outstanding', 'currency'],
    rows: open.map((invoice) => [
      invoice.displayId,
      look(desk, 'policy', invoice.policyLocator)?.record.displayId ?? invoice.policyLocator,
      invoice.invoiceType,
      calendarDay(invoice.createdAt, timeZone),
      calendarDay(invoice.due, timeZone),
      invoice.due < now ? 'yes' : 'no',
      invoice.totalDue,
      moneyText(outstandingOf(desk, invoice), currencyDecimals(invoice.currency)),
      invoice.currency,
    ]),
  };
}

/** Without what the step says: that is the administrator's to look up. */
export function verificationsTable(found: readonly ListedVerification[], timeZone: string): ReportTable {
  return {
    columns: ['position', 'verdict', 'type', 'locator', 'device', 'why', 'what', 'section', 'problem', 'verified'],
    rows: found.map(({ position, verdict, type, locator, device, why, what, first, problem, verifiedAt }) => [
      String(position),
      verdict,
      type,
      locator,
      device,
      why,
      what ?? '',
      first?.path.join(' › ') ?? '',
      problem ?? '',
      calendarDay(verifiedAt, timeZone),
    ]),
  };
}

function refuseTooLong(rows: number): void {
  if (rows > MOST_ROWS) throw new Problem('too-large', `A report has at most ${MOST_ROWS} rows.`);
}
