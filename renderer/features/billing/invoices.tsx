import { Anchor, Badge, Button, Group, Table, Text, Title } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { ProductLifecycle } from '#core/api/contracts/transactions.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { InvoiceResponse } from '#core/model/policy.ts';
import { day, money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { perilTitle } from '../risk/form.ts';
import { chargeTitle } from '../transactions/words.ts';
import { outstandingOf } from './account.ts';
import type { BillingAction } from './billing-dialog.tsx';

interface InvoicesProps {
  readonly invoices: readonly InvoiceResponse[];
  readonly product: ProductForm;
  readonly lifecycle: ProductLifecycle;
  readonly onAct: (action: BillingAction) => void;
}

/** The issued invoices, each with what can be done about it; a row opens what it is made of. */
export function Invoices({ invoices, product, lifecycle, onAct }: InvoicesProps) {
  const { currency, timeZone } = product;
  const [opened, open] = useState<string>();
  return (
    <>
      <Title order={2} mt="lg">
        {text.billing.invoices}
      </Title>
      <Table verticalSpacing={3} aria-label={text.billing.invoices}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{text.billing.number}</Table.Th>
            <Table.Th scope="col">{text.billing.kind}</Table.Th>
            <Table.Th scope="col" className="wide-only">
              {text.billing.issued}
            </Table.Th>
            <Table.Th scope="col">{text.billing.due}</Table.Th>
            <Table.Th scope="col">{text.billing.status}</Table.Th>
            <Table.Th scope="col" className="amount">
              {text.billing.amount}
            </Table.Th>
            <Table.Th scope="col" className="amount">
              {text.billing.open}
            </Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {invoices.map((invoice) => {
            const left = outstandingOf(invoice);
            const isOpen = opened === invoice.locator;
            return (
              <Fragment key={invoice.locator}>
                <Table.Tr>
                  <Table.Td>
                    <button
                      type="button"
                      className="row-door"
                      aria-expanded={isOpen}
                      aria-label={text.billing.items(invoice.displayId)}
                      onClick={() => open(isOpen ? undefined : invoice.locator)}
                    >
                      {isOpen ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
                      {invoice.displayId}
                    </button>
                  </Table.Td>
                  <Table.Td>{text.billing.kinds[invoice.invoiceType] ?? titled(invoice.invoiceType)}</Table.Td>
                  <Table.Td className="date wide-only">{day(invoice.createdTimestamp, timeZone)}</Table.Td>
                  <Table.Td className="date">{day(invoice.dueTimestamp, timeZone)}</Table.Td>
                  <Table.Td>
                    <Status invoice={invoice} left={left} />
                  </Table.Td>
                  <Table.Td className="amount">{money(invoice.totalDue, currency)}</Table.Td>
                  <Table.Td className="amount">{money(left, currency)}</Table.Td>
                  <Table.Td>
                    <Actions invoice={invoice} left={left} onAct={onAct} />
                  </Table.Td>
                </Table.Tr>
                {isOpen ? (
                  <Table.Tr className="transaction-details">
                    <Table.Td colSpan={8}>
                      <Items invoice={invoice} product={product} lifecycle={lifecycle} />
                    </Table.Td>
                  </Table.Tr>
                ) : null}
              </Fragment>
            );
          })}
        </Table.Tbody>
      </Table>
    </>
  );
}

function Status({ invoice, left }: { readonly invoice: InvoiceResponse; readonly left: string }) {
  const { statuses } = text.billing;
  const settled = invoice.settlementStatus === 'settled';
  const overdue = !settled && invoice.transactionIssued && Number(invoice.dueTimestamp) < Date.now();
  const state = settled
    ? (invoice.settlementType ?? 'paid')
    : new Decimal(left).isNegative()
      ? 'credit'
      : overdue
        ? 'overdue'
        : left === new Decimal(invoice.totalDue).toString()
          ? 'outstanding'
          : 'partly';
  return (
    <>
      <Badge variant="light" color={state === 'overdue' ? 'red' : state === 'paid' ? 'teal' : 'gray'}>
        {statuses[state] ?? titled(state)}
      </Badge>
      {invoice.transactionIssued ? null : (
        <Text size="xs" c="dimmed">
          {text.billing.notFinal}
        </Text>
      )}
    </>
  );
}

interface ActionsProps {
  readonly invoice: InvoiceResponse;
  readonly left: string;
  readonly onAct: (action: BillingAction) => void;
}

function Actions({ invoice, left, onAct }: ActionsProps) {
  if (invoice.settlementStatus === 'settled') return null;
  const credit = new Decimal(left).isNegative();
  const about = { invoice: invoice.locator, number: invoice.displayId, left: new Decimal(left).abs().toString() };
  const kinds = credit ? (['carry', 'refund'] as const) : (['pay', 'writeOff'] as const);
  return (
    <Group gap={4} justify="end" wrap="nowrap">
      {kinds.map((kind) => (
        <Button
          key={kind}
          size="compact-xs"
          variant={kind === 'pay' ? 'light' : 'subtle'}
          color={kind === 'pay' ? 'field' : 'gray'}
          onClick={() => onAct({ kind, ...about })}
        >
          {text.billing[kind]}
        </Button>
      ))}
    </Group>
  );
}

interface ItemsProps {
  readonly invoice: InvoiceResponse;
  readonly product: ProductForm;
  readonly lifecycle: ProductLifecycle;
}

function Items({ invoice, product, lifecycle }: ItemsProps) {
  const items = invoice.financialTransactions.filter(({ type }) => type !== 'commission');
  return (
    <>
      <Table verticalSpacing={2} withRowBorders={false} className="invoice-items">
        <Table.Tbody>
          {items.map((item, index) => {
            const name = item.taxName ?? item.feeName;
            const peril = item.perilName === undefined ? '' : perilTitle(product, item.perilName);
            const what = name ? chargeTitle(lifecycle, item.type, name) : text.billing.types[item.type];
            return (
              // Items have no names of their own, and never move.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <Table.Tr key={index}>
                <Table.Td>{[peril, what].filter(Boolean).join(' · ')}</Table.Td>
                <Table.Td>
                  {day(item.startTimestamp, product.timeZone)} – {day(item.endTimestamp, product.timeZone)}
                </Table.Td>
                <Table.Td className="amount">{money(item.amount, product.currency)}</Table.Td>
              </Table.Tr>
            );
          })}
          <Table.Tr className="price-sum">
            <Table.Td colSpan={2}>{text.billing.amount}</Table.Td>
            <Table.Td className="amount">{money(invoice.totalDue, product.currency)}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      {invoice.documents.map((document) => (
        <Anchor
          key={document.locator}
          className="document-link"
          size="sm"
          href={`/api/documents/${document.locator}`}
          target="_blank"
          rel="noreferrer"
        >
          {document.displayName} ({document.type.toUpperCase()})
        </Anchor>
      ))}
    </>
  );
}
