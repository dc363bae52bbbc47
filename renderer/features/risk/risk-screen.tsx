import { Alert, Badge, Button, Group, Modal, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PolicyWorksheets, ProductForm } from '#core/api/contract.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { day, money } from '../../app/format.ts';
import { address, go, RISK_TABS, type RiskTab } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { FailedPage, Failure } from '../../components/failure.tsx';
import { DocumentsTab } from './documents-tab.tsx';
import { PricePanel } from './price-panel.tsx';
import { riskTab } from './risk-tab.tsx';
import { storedPrice } from './stored-price.ts';
import type { StoredRisk } from './use-risk.ts';
import { useRisk } from './use-risk.ts';

/** A new quote of a product. */
export function NewQuote({ product: name }: { readonly product: string }) {
  const product = useProduct(name);
  if (product.error) return <FailedPage error={product.error} />;
  if (!product.data) return <Loading />;
  return <RiskScreen key={name} product={product.data} tab="details" />;
}

/** A stored risk, in whatever state it is. */
export function StoredPolicy({ locator, tab }: { readonly locator: string; readonly tab: RiskTab }) {
  const stored = useQuery({
    queryKey: ['policy', locator],
    queryFn: async (): Promise<StoredRisk> => {
      const policy = await call<PolicyResponse>('GET', `/policy/${encodeURIComponent(locator)}`);
      const policyholder = await call<PolicyholderResponse>('GET', `/policyholder/${policy.policyholderLocator}`);
      return { policy, policyholder };
    },
  });
  const product = useProduct(stored.data?.policy.productName, stored.data?.policy.configVersion);
  const error = stored.error ?? product.error;
  if (error) return <FailedPage error={error} />;
  if (!stored.data || !product.data) return <Loading />;
  return (
    <RiskScreen
      key={`${locator} ${stored.data.policy.updatedTimestamp}`}
      product={product.data}
      stored={stored.data}
      tab={tab}
    />
  );
}

function useProduct(name: string | undefined, version?: number) {
  return useQuery({
    queryKey: ['product', name, version],
    queryFn: () =>
      call<ProductForm>(
        'GET',
        `/api/products/${encodeURIComponent(name ?? '')}${version === undefined ? '' : `?configVersion=${version}`}`,
      ),
    enabled: name !== undefined,
    staleTime: 30_000,
  });
}

function Loading() {
  return (
    <div className="risk">
      <Stack gap="md">
        <Skeleton height={28} width={280} />
        <Skeleton height={140} />
        <Skeleton height={260} />
      </Stack>
      <Skeleton height={320} />
    </div>
  );
}

interface RiskScreenProps {
  readonly product: ProductForm;
  readonly stored?: StoredRisk;
  readonly tab: RiskTab;
}

function RiskScreen({ product, stored, tab }: RiskScreenProps) {
  const risk = useRisk(product, stored);
  const { state, editable } = risk;
  const [asking, ask] = useState(false);
  const worksheets = useQuery({
    queryKey: ['worksheets', stored?.policy.locator],
    queryFn: () => call<PolicyWorksheets>('GET', `/api/policies/${stored?.policy.locator}/worksheets`),
    enabled: stored !== undefined && !editable,
  });
  const preview =
    editable || !stored ? risk.preview.data : storedPrice(stored.policy, worksheets.data, product.currency);
  const busy = [risk.save, risk.finalize, risk.issue, risk.discard].some((step) => step.isPending);
  const error =
    risk.failure ??
    risk.finalize.error ??
    risk.issue.error ??
    risk.save.error ??
    risk.discard.error ??
    risk.preview.error;
  const total = money(preview?.price?.total, preview?.price?.currency ?? product.currency);
  useActions(product.displayName, [
    { label: text.risk.save, keys: 'mod+s', run: () => editable && !busy && risk.save.mutate() },
    {
      label: editable ? text.risk.finalize : text.risk.issue,
      keys: 'mod+Enter',
      run: () => (editable ? !busy && risk.finalize.mutate() : state === 'accepted' && ask(true)),
    },
    {
      label: text.risk.worksheet,
      keys: 'w',
      run: () => document.querySelector<HTMLButtonElement>('[data-shortcut="w"]')?.click(),
    },
    ...(stored
      ? RISK_TABS.map((name, index) => ({
          label: text.risk.tabs[name],
          keys: `${index + 1}`,
          run: () => go({ screen: 'policy', locator: stored.policy.locator, tab: name }),
        }))
      : []),
  ]);
  return (
    <div className="risk">
      <main className="risk-form">
        <Group justify="space-between" className="risk-head">
          <Group gap="sm">
            <Title order={1}>{product.displayName}</Title>
            <StateBadge state={state} />
            {stored && state === 'issued' ? <Text size="sm">{text.risk.issuedAs(stored.policy.displayId)}</Text> : null}
          </Group>
          <Group gap="xs">
            {editable ? (
              <>
                <Text size="xs" c="dimmed">
                  {stored && !risk.dirty ? text.risk.saved : text.risk.unsaved}
                </Text>
                <Button
                  variant="default"
                  onClick={() => risk.save.mutate()}
                  loading={risk.save.isPending}
                  disabled={busy}
                >
                  {text.risk.save}
                </Button>
                <Button onClick={() => risk.finalize.mutate()} loading={risk.finalize.isPending} disabled={busy}>
                  {text.risk.finalize}
                </Button>
              </>
            ) : null}
            {state === 'accepted' ? (
              <Button onClick={() => ask(true)} disabled={busy} loading={risk.issue.isPending}>
                {text.risk.issue}
              </Button>
            ) : null}
            {stored && (state === 'draft' || state === 'accepted' || state === 'declined') ? (
              <Button variant="subtle" color="gray" onClick={() => risk.discard.mutate()} disabled={busy}>
                {text.risk.discard}
              </Button>
            ) : null}
          </Group>
          {stored ? <TabLinks locator={stored.policy.locator} open={tab} /> : null}
        </Group>
        {error ? <Failure error={error} /> : null}
        {state === 'declined' ? <Alert color="orange">{text.risk.deadEnd}</Alert> : null}
        {riskTab(tab, { product, stored, risk, preview })}
      </main>
      <aside className="risk-side">
        <PricePanel
          preview={preview}
          pending={editable && risk.preview.isFetching}
          product={product}
          final={!editable}
          onShowErrors={risk.showErrors}
        />
        {stored && !editable ? <DocumentsTab policy={stored.policy} /> : null}
      </aside>
      <Modal opened={asking} onClose={() => ask(false)} title={text.risk.issueTitle} transitionProps={{ duration: 0 }}>
        <Stack>
          <Text>
            {text.risk.issueEffect(
              total,
              stored ? day(stored.policy.originalContractStartTimestamp, product.timeZone) : risk.form.start,
            )}
          </Text>
          <Group justify="end">
            <Button variant="default" onClick={() => ask(false)}>
              {text.risk.cancel}
            </Button>
            <Button
              data-autofocus
              onClick={() => {
                ask(false);
                risk.issue.mutate();
              }}
            >
              {text.risk.issue}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}

/** The parts of a risk; links, so that each has an address and opens in a window of its own. */
function TabLinks({ locator, open }: { readonly locator: string; readonly open: RiskTab }) {
  return (
    <nav className="risk-tabs" aria-label={text.risk.parts}>
      {RISK_TABS.map((tab) => (
        <a
          key={tab}
          href={address({ screen: 'policy', locator, tab })}
          aria-current={tab === open ? 'page' : undefined}
        >
          {text.risk.tabs[tab]}
        </a>
      ))}
    </nav>
  );
}

const STATE_COLORS = {
  new: 'gray',
  draft: 'gray',
  accepted: 'teal',
  declined: 'red',
  discarded: 'gray',
  issued: 'field',
} as const;

function StateBadge({ state }: { readonly state: keyof typeof STATE_COLORS }) {
  return (
    <Badge variant="light" color={STATE_COLORS[state]} data-testid="state">
      {text.states[state === 'new' ? 'draft' : state]}
    </Badge>
  );
}
