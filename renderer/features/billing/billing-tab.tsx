import { Alert, Button, Group, Select, Skeleton, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { PolicyBilling, ProductLifecycle } from '#core/api/contracts/transactions.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { call } from '../../app/client.ts';
import { change, day, money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { useLifecycle } from '../transactions/queries.ts';
import { chargeTitle } from '../transactions/words.ts';
import { accountOf, chargeLines, movementsOf } from './account.ts';
import { type BillingAction, BillingDialog } from './billing-dialog.tsx';
import { Invoices } from './invoices.tsx';
import '../transactions/transactions.css';
import './billing.css';

/** The money of a policy: what is charged, how that is invoiced, what was paid, what is open; all of it adds up in sight. */
export function BillingTab({ product, policy }: { readonly product: ProductForm; readonly policy: PolicyResponse }) {
  const billing = useQuery({
    queryKey: ['billing', policy.locator],
    queryFn: () => call<PolicyBilling>('GET', `/api/policies/${policy.locator}/billing`),
  });
  const lifecycle = useLifecycle(product);
  const [acting, act] = useState<BillingAction>();
  const error = billing.error ?? lifecycle.error;
  if (error) return <Failure error={error} />;
  if (!billing.data || !lifecycle.data) return <Skeleton height={280} mt="md" />;
  const { invoices, plannedInvoices, gracePeriods, paymentScheduleName } = billing.data;
  if (invoices.length === 0 && plannedInvoices.length === 0)
    return (
      <Text c="dimmed" mt="md">
        {text.billing.none}
      </Text>
    );
  const { currency, timeZone } = product;
  const { paymentSchedules } = lifecycle.data;
  const [next] = plannedInvoices;
  const movements = movementsOf(billing.data);
  const numberOf = (locator: string): string => invoices.find((one) => one.locator === locator)?.displayId ?? locator;
  return (
    <section aria-label={text.billing.title} className="billing">
      {gracePeriods.map((grace) => {
        const number = numberOf(grace.invoiceLocator);
        const lapsed = grace.cancellationLocator !== undefined;
        const settled = grace.settledTimestamp;
        return (
          <Alert key={grace.locator} color={settled ? 'gray' : 'red'} mb="sm">
            {settled
              ? text.billing.graceSettled(number, day(settled, timeZone))
              : lapsed
                ? text.billing.graceLapsed(number, day(grace.endTimestamp, timeZone))
                : text.billing.graceOpen(number, day(Number(grace.endTimestamp) - 1, timeZone))}
          </Alert>
        );
      })}
      <Sums billing={billing.data} lifecycle={lifecycle.data} currency={currency} />
      {policy.issuedTimestamp !== undefined && paymentSchedules.length > 1 ? (
        <Select
          w={260}
          mt="md"
          label={text.billing.schedule}
          data={paymentSchedules.map(({ name, displayName }) => ({ value: name, label: displayName }))}
          value={paymentScheduleName ?? null}
          allowDeselect={false}
          onChange={(name) => {
            const chosen = paymentSchedules.find((schedule) => schedule.name === name);
            if (chosen && name !== paymentScheduleName)
              act({ kind: 'schedule', schedule: chosen, planned: accountOf(billing.data).planned });
          }}
        />
      ) : null}
      <Invoices invoices={invoices} product={product} lifecycle={lifecycle.data} onAct={act} />
      {next ? (
        <>
          <Group justify="space-between" mt="lg">
            <Title order={2}>{text.billing.plannedTitle}</Title>
            {policy.issuedTimestamp === undefined ? null : (
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                onClick={() => act({ kind: 'issueNext', amount: next.totalDue, due: next.dueTimestamp })}
              >
                {text.billing.issueNext}
              </Button>
            )}
          </Group>
          <Text size="xs" c="dimmed">
            {text.billing.plannedHint}
          </Text>
          <Table verticalSpacing={3}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{text.billing.from}</Table.Th>
                <Table.Th scope="col">{text.billing.due}</Table.Th>
                <Table.Th scope="col">{text.billing.kind}</Table.Th>
                <Table.Th scope="col" className="amount">
                  {text.billing.amount}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {plannedInvoices.map((planned) => (
                <Table.Tr key={planned.locator}>
                  <Table.Td>{day(planned.issueTimestamp, timeZone)}</Table.Td>
                  <Table.Td>{day(planned.dueTimestamp, timeZone)}</Table.Td>
                  <Table.Td>{text.billing.kinds[planned.invoiceType] ?? titled(planned.invoiceType)}</Table.Td>
                  <Table.Td className="amount">{money(planned.totalDue, currency)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      ) : null}
      <Title order={2} mt="lg">
        {text.billing.movements}
      </Title>
      <Text size="xs" c="dimmed">
        {text.billing.movementsHint}
      </Text>
      <Table verticalSpacing={3} aria-label={text.billing.movements}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{text.billing.when}</Table.Th>
            <Table.Th scope="col">{text.billing.what}</Table.Th>
            <Table.Th scope="col" className="amount">
              {text.billing.amount}
            </Table.Th>
            <Table.Th scope="col" className="amount">
              {text.billing.balance}
            </Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {movements.map((move) => (
            <Table.Tr key={`${move.kind} ${move.number} ${move.at}`}>
              <Table.Td>{day(move.at, timeZone)}</Table.Td>
              <Table.Td>{text.billing.moves[move.kind](move.number)}</Table.Td>
              <Table.Td className="amount">{change(move.amount, currency)}</Table.Td>
              <Table.Td className="amount">{money(move.balance, currency)}</Table.Td>
              <Table.Td ta="right">
                {move.payment ? (
                  <Button
                    variant="subtle"
                    color="gray"
                    size="compact-xs"
                    onClick={() =>
                      act({
                        kind: 'reverse',
                        payment: move.payment ?? '',
                        number: move.number,
                        amount: new Decimal(move.amount).abs().toString(),
                      })
                    }
                  >
                    {text.billing.reverse}
                  </Button>
                ) : null}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {acting ? (
        <BillingDialog
          action={acting}
          policy={policy.locator}
          product={product}
          lifecycle={lifecycle.data}
          onClose={() => act(undefined)}
        />
      ) : null}
    </section>
  );
}

interface SumsProps {
  readonly billing: PolicyBilling;
  readonly lifecycle: ProductLifecycle;
  readonly currency: string;
}

/** What is charged for, and where the money stands: each column is a sum that can be followed with a pencil. */
function Sums({ billing, lifecycle, currency }: SumsProps) {
  const account = accountOf(billing);
  const negative = new Decimal(account.open).isNegative();
  const less = (amount: string): string => change(new Decimal(amount).negated().toString(), currency);
  return (
    <div className="billing-sums">
      <Table verticalSpacing={3} withRowBorders={false} aria-label={text.billing.charges}>
        <Table.Tbody>
          {chargeLines(billing).map((line) => (
            <Table.Tr key={`${line.type} ${line.name}`}>
              <Table.Td>
                {line.name ? chargeTitle(lifecycle, line.type, line.name) : text.billing.types[line.type]}
              </Table.Td>
              <Table.Td className="amount">{money(line.amount, currency)}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr className="price-sum">
            <Table.Td>{text.billing.charged}</Table.Td>
            <Table.Td className="amount" data-testid="charged">
              {money(account.charged, currency)}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Table verticalSpacing={3} withRowBorders={false} aria-label={text.billing.account}>
        <Table.Tbody>
          <Table.Tr>
            <Table.Td>{text.billing.charged}</Table.Td>
            <Table.Td className="amount">{money(account.charged, currency)}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Td>{text.billing.planned}</Table.Td>
            <Table.Td className="amount">{less(account.planned)}</Table.Td>
          </Table.Tr>
          <Table.Tr className="price-sum">
            <Table.Td>{text.billing.invoiced}</Table.Td>
            <Table.Td className="amount">{money(account.invoiced, currency)}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Td>{text.billing.paid}</Table.Td>
            <Table.Td className="amount">{less(account.paid)}</Table.Td>
          </Table.Tr>
          {new Decimal(account.writtenOff).isZero() ? null : (
            <Table.Tr>
              <Table.Td>{text.billing.writtenOff}</Table.Td>
              <Table.Td className="amount">{less(account.writtenOff)}</Table.Td>
            </Table.Tr>
          )}
          <Table.Tr className="price-sum">
            <Table.Td>{negative ? text.billing.credit : text.billing.open}</Table.Td>
            <Table.Td className="amount" data-testid="open">
              {money(account.open, currency)}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </div>
  );
}
