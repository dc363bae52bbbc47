import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { change, day, titled } from '../../app/format.ts';
import { go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { IssueDialog } from './issue-dialog.tsx';
import type { Transaction } from './queries.ts';
import { ACTION_OF, type ChangeKind, nextSteps, type Step } from './steps.ts';
import { useStep } from './use-step.ts';
import { transactionTitle } from './words.ts';

interface OpenTransactionsProps {
  readonly product: ProductForm;
  readonly policy: PolicyResponse;
  readonly transactions: readonly Transaction[];
}

/** Drafts, quotes and what is accepted and waits, each with the steps that can come next. */
export function OpenTransactions({ product, policy, transactions }: OpenTransactionsProps) {
  const step = useStep();
  const [issuing, issue] = useState<Transaction>();
  const take = (transaction: Transaction, next: Step): void => {
    const { kind, locator } = transaction;
    if (next === 'open') {
      if (isChange(kind))
        go({ screen: 'transaction', policy: policy.locator, action: ACTION_OF[kind], transaction: locator });
    } else if (next === 'issue') issue(transaction);
    else step.mutate({ kind, locator, step: next });
  };
  return (
    <section aria-label={text.transactions.open} className="open-transactions">
      <Text size="xs" c="dimmed">
        <strong>{text.transactions.open}.</strong> {text.transactions.openHint}
      </Text>
      {step.error ? <Failure error={step.error} /> : null}
      <Table verticalSpacing={3}>
        <Table.Tbody>
          {transactions.map((transaction) => {
            const { kind, name } = transactionTitle(transaction);
            return (
              <Table.Tr key={transaction.locator}>
                <Table.Td>{day(transaction.effective, product.timeZone)}</Table.Td>
                <Table.Td>
                  {kind}
                  {name ? <Text span size="xs" c="dimmed">{` ${name}`}</Text> : null}
                </Table.Td>
                <Table.Td>
                  <Badge variant="light" color={transaction.state === 'declined' ? 'red' : 'gray'}>
                    {titled(transaction.state === 'application' ? 'draft' : transaction.state)}
                  </Badge>
                </Table.Td>
                <Table.Td className="amount">
                  {transaction.premiumChange === undefined ? '' : change(transaction.premiumChange, product.currency)}
                </Table.Td>
                <Table.Td>
                  <Group gap={4} justify="end" wrap="nowrap">
                    {nextSteps(transaction.kind, transaction.state).map((next) => (
                      <Button
                        key={next}
                        size="compact-xs"
                        variant={next === 'issue' ? 'light' : 'subtle'}
                        color={next === 'issue' ? 'field' : 'gray'}
                        disabled={step.isPending}
                        onClick={() => take(transaction, next)}
                      >
                        {text.transactions.steps[next]}
                      </Button>
                    ))}
                  </Group>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {issuing && isChange(issuing.kind) ? (
        <IssueDialog
          product={product}
          kind={issuing.kind}
          effective={issuing.effective}
          saved={issuing.locator}
          onClose={() => issue(undefined)}
          onIssue={() => {
            issue(undefined);
            step.mutate({ kind: issuing.kind, locator: issuing.locator, step: 'issue' });
          }}
        />
      ) : null}
    </section>
  );
}

function isChange(kind: string): kind is ChangeKind {
  return kind in ACTION_OF;
}
