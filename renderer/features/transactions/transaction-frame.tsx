import { Alert, Anchor, Badge, Button, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ProductForm, StoredRisk } from '#core/api/contract.ts';
import { useActions } from '../../app/actions.tsx';
import { titled } from '../../app/format.ts';
import { address, go, type TransactionAction } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { formOf, insuredName } from '../risk/form.ts';
import { KIND_OF, nextSteps } from './steps.ts';
import type { DraftingStep } from './use-drafting.ts';

interface TransactionFrameProps {
  readonly action: TransactionAction;
  readonly stored: StoredRisk;
  readonly product: ProductForm;
  /** Of the saved transaction; absent: a new one. */
  readonly state: string | undefined;
  readonly busy: boolean;
  /** There is something to save. */
  readonly ready: boolean;
  readonly error: Error | null | undefined;
  readonly onStep: (step: Exclude<DraftingStep, 'issue'>) => void;
  readonly onIssue: () => void;
  readonly onStartOver?: (() => void) | undefined;
  readonly children: ReactNode;
  readonly effect: ReactNode;
}

/** The frame of every transaction's screen: what it is of, where it stands, what comes next; the effect stands beside. */
export function TransactionFrame(props: TransactionFrameProps) {
  const { action, stored, product, state, busy, ready, error, onStep, onIssue, onStartOver, children, effect } = props;
  const words = text.transactions.screen;
  const kind = KIND_OF[action];
  const draft = state === undefined || state === 'application' || state === 'draft';
  const steps = draft ? [] : nextSteps(kind, state).filter((step) => step !== 'open' && step !== 'issue');
  const canIssue = draft ? ready : nextSteps(kind, state).includes('issue');
  const canQuote = draft && (kind === 'endorsement' || kind === 'renewal');
  const back = { screen: 'policy', locator: stored.policy.locator, tab: 'timeline' } as const;
  const { policy, policyholder } = stored;
  useActions(text.transactions.screens[action], [
    ...(draft && ready ? [{ label: words.save, keys: 'mod+s', run: () => busy || onStep('save') }] : []),
    ...(canIssue ? [{ label: words.issue, keys: 'mod+Enter', run: () => busy || onIssue() }] : []),
    {
      label: words.back,
      keys: 'Escape',
      run: () => go(back),
    },
  ]);
  return (
    <div className="risk">
      <main className="risk-form">
        <header className="risk-head transaction-head">
          <Group justify="space-between" wrap="nowrap" align="start">
            <div className="risk-title">
              <Title order={1}>
                {text.transactions.screens[action]}{' '}
                <span className="risk-product">
                  {insuredName(product, formOf(policy, policyholder, product))} · {product.displayName}
                </span>
              </Title>
              <Group gap="md" className="risk-facts">
                <Badge variant="light" color={state === 'declined' ? 'red' : 'gray'} data-testid="transaction-state">
                  {state === undefined || state === 'application' ? text.states.draft : titled(state)}
                </Badge>
                <Anchor size="sm" className="document-link" href={address(back)}>
                  {words.policy(policy.displayId)}
                </Anchor>
              </Group>
            </div>
            <Group gap="xs" wrap="nowrap" className="risk-actions">
              {onStartOver ? (
                <Button variant="subtle" color="gray" disabled={busy} onClick={onStartOver}>
                  {words.startOver}
                </Button>
              ) : null}
              {draft && state !== undefined ? (
                <Button variant="subtle" color="gray" disabled={busy} onClick={() => onStep('discard')}>
                  {words.discard}
                </Button>
              ) : null}
              {draft ? (
                <Button variant="default" disabled={busy || !ready} onClick={() => onStep('save')}>
                  {words.save}
                </Button>
              ) : null}
              {canQuote ? (
                <Button variant="default" disabled={busy || !ready} onClick={() => onStep('quote')}>
                  {words.quote}
                </Button>
              ) : null}
              {steps.map((step) => (
                <Button key={step} variant="default" disabled={busy} onClick={() => onStep(step)}>
                  {text.transactions.steps[step]}
                </Button>
              ))}
              {draft || canIssue ? (
                <Button disabled={busy || !canIssue} onClick={onIssue}>
                  {words.issue}
                </Button>
              ) : null}
            </Group>
          </Group>
        </header>
        {error ? <Failure error={error} /> : null}
        {state === 'declined' ? (
          <Alert color="orange" my="sm">
            {words.declined}
          </Alert>
        ) : null}
        {state === 'quoted' || state === 'accepted' ? (
          <Text size="sm" c="dimmed" mt="sm">
            {words.locked}
          </Text>
        ) : null}
        {children}
      </main>
      {/* It scrolls where there is much to read: the keyboard must reach it (WCAG 2.1.1). */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <aside className={`risk-side effect-${action}`} aria-label={text.transactions.effect.title} tabIndex={0}>
        {effect}
      </aside>
    </div>
  );
}
