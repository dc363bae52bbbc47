import { Table, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { Fragment, useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { change, day, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import type { Transaction } from './queries.ts';
import { Details } from './transaction-details.tsx';
import { transactionTitle } from './words.ts';

interface TransactionsTableProps {
  readonly product: ProductForm;
  readonly timeline: TimelineResponse;
  readonly transactions: readonly Transaction[];
}

/** What happened to a policy, in the order in which it takes effect; each row opens what it changed. Arrows walk, Enter opens. */
export function TransactionsTable({ product, timeline, transactions }: TransactionsTableProps) {
  const { timeZone, currency } = timeline;
  const [opened, open] = useState<string>();
  return (
    <Table verticalSpacing={3} className="transactions" onKeyDown={walk}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{text.transactions.effective}</Table.Th>
          <Table.Th scope="col">{text.transactions.transaction}</Table.Th>
          <Table.Th scope="col">{text.transactions.state}</Table.Th>
          <Table.Th scope="col">{text.transactions.issued}</Table.Th>
          <Table.Th scope="col" className="amount">
            {text.transactions.change}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {transactions.map((transaction) => {
          const { kind, name } = transactionTitle(transaction);
          const isOpen = opened === transaction.locator;
          return (
            <Fragment key={transaction.locator}>
              <Table.Tr>
                <Table.Td>
                  <button
                    type="button"
                    className="row-door"
                    aria-expanded={isOpen}
                    aria-label={text.transactions.details.of(`${kind} ${day(transaction.effective, timeZone)}`)}
                    onClick={() => open(isOpen ? undefined : transaction.locator)}
                  >
                    {isOpen ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
                    {day(transaction.effective, timeZone)}
                  </button>
                </Table.Td>
                <Table.Td>
                  {kind}
                  {name ? <Text span size="xs" c="dimmed">{` ${name}`}</Text> : null}
                </Table.Td>
                <Table.Td>{titled(transaction.state)}</Table.Td>
                <Table.Td className="date">
                  {transaction.issued === undefined ? '–' : day(transaction.issued, timeZone)}
                </Table.Td>
                <Table.Td className="amount">
                  {transaction.premiumChange === undefined ? '–' : change(transaction.premiumChange, currency)}
                </Table.Td>
              </Table.Tr>
              {isOpen ? (
                <Table.Tr className="transaction-details">
                  <Table.Td colSpan={5}>
                    <Details
                      product={product}
                      locator={transaction.locator}
                      kind={transaction.kind}
                      currency={currency}
                    />
                  </Table.Td>
                </Table.Tr>
              ) : null}
            </Fragment>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** Up and down go from row to row. */
function walk(event: KeyboardEvent<HTMLTableElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const doors = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('.row-door')];
  const at = doors.indexOf(document.activeElement as HTMLButtonElement);
  if (at === -1) return;
  event.preventDefault();
  doors[at + step]?.focus();
}
