import { Badge, Button, Group, Skeleton, Text, Title, Tooltip } from '@mantine/core';
import { useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { useActions } from '../../app/actions.tsx';
import { titled } from '../../app/format.ts';
import { go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { hindrances, POLICY_ACTIONS, type PolicyAction } from './allowed.ts';
import { OpenTransactions } from './open-transactions.tsx';
import { useLifecycle, useTimeline } from './queries.ts';
import { Segments } from './segments.tsx';
import { nextSteps } from './steps.ts';
import { TransactionsTable } from './transactions-table.tsx';
import './transactions.css';

const KEYS: Readonly<Record<PolicyAction, string>> = { endorse: 'e', renew: 'r', cancel: 'c', reinstate: 'i' };

/** The life of an issued policy: what happened to it, what is being prepared, what is covered when, and what can be done next. */
export function TimelineTab({ product, policy }: { readonly product: ProductForm; readonly policy: PolicyResponse }) {
  if (policy.issuedTimestamp === undefined)
    return (
      <Text c="dimmed" mt="md">
        {text.transactions.notIssued}
      </Text>
    );
  return <IssuedTimeline product={product} policy={policy} />;
}

function IssuedTimeline({ product, policy }: { readonly product: ProductForm; readonly policy: PolicyResponse }) {
  const timeline = useTimeline(policy.locator);
  const lifecycle = useLifecycle(product);
  const [everything, showEverything] = useState(false);
  const hindered = timeline.data && lifecycle.data ? hindrances(timeline.data, lifecycle.data) : undefined;
  const begin = (action: PolicyAction): void => {
    const why = hindered?.[action];
    if (why) toast(text.transactions.why[why]);
    else if (hindered) go({ screen: 'transaction', policy: policy.locator, action });
  };
  useActions(
    text.transactions.title,
    POLICY_ACTIONS.map((action) => ({
      label: text.transactions.actions[action],
      keys: KEYS[action],
      run: () => begin(action),
    })),
  );
  const error = timeline.error ?? lifecycle.error;
  if (error) return <Failure error={error} />;
  if (!timeline.data || !hindered) return <Skeleton height={280} mt="md" />;
  const { status, transactions } = timeline.data;
  const issued = transactions
    .filter(({ state }) => state === 'issued')
    .toSorted((a, b) => a.effective - b.effective || (a.issued ?? 0) - (b.issued ?? 0));
  const open = transactions.filter(({ kind, state }) => nextSteps(kind, state).length > 0);
  const givenUp = transactions.filter((one) => !issued.includes(one) && !open.includes(one));
  return (
    <section aria-label={text.transactions.title}>
      <Group justify="space-between" gap="sm" mb="sm">
        <Group gap="sm">
          <Title order={2}>{text.transactions.title}</Title>
          <Badge variant="light" color={status === 'in force' ? 'teal' : 'gray'} data-testid="status">
            {titled(status)}
          </Badge>
        </Group>
        <Group gap="xs">
          {POLICY_ACTIONS.map((action) => (
            <ActionButton
              key={action}
              action={action}
              why={hindered[action] && text.transactions.why[hindered[action]]}
              onClick={() => begin(action)}
            />
          ))}
        </Group>
      </Group>
      {open.length > 0 ? <OpenTransactions product={product} policy={policy} transactions={open} /> : null}
      <TransactionsTable
        product={product}
        timeline={timeline.data}
        transactions={everything ? [...issued, ...givenUp] : issued}
      />
      {givenUp.length > 0 ? (
        <Button variant="subtle" color="gray" size="compact-xs" mt={4} onClick={() => showEverything(!everything)}>
          {everything ? text.transactions.hideGivenUp : text.transactions.givenUp(givenUp.length)}
        </Button>
      ) : null}
      <Segments timeline={timeline.data} />
    </section>
  );
}

interface ActionButtonProps {
  readonly action: PolicyAction;
  /** Why it can not be done now. */
  readonly why: string | undefined;
  readonly onClick: () => void;
}

/** What can not be done keeps its place and says why, to the pointer and to a screen reader. */
function ActionButton({ action, why, onClick }: ActionButtonProps) {
  const button = (
    <Button
      variant="default"
      aria-keyshortcuts={KEYS[action]}
      onClick={onClick}
      {...(why ? { 'aria-disabled': true, 'data-disabled': true, 'aria-description': why } : {})}
    >
      {text.transactions.actions[action]}
    </Button>
  );
  return why ? <Tooltip label={why}>{button}</Tooltip> : button;
}
