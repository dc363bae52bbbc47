import { Alert, Anchor, Badge, Button, Group, Modal, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PolicyWorksheets, ProductForm } from '#core/api/contract.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { call } from '../../app/client.ts';
import { day, dayOf, money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { FailedPage, Failure } from '../../components/failure.tsx';
import { EntityForm } from './entity-form.tsx';
import { Exposures } from './exposures.tsx';
import { PricePanel } from './price-panel.tsx';
import { storedPrice } from './stored-price.ts';
import { PolicyTimeline } from './timeline.tsx';
import type { StoredRisk } from './use-risk.ts';
import { useRisk } from './use-risk.ts';

/** A new quote of a product. */
export function NewQuote({ product: name }: { readonly product: string }) {
  const product = useProduct(name);
  if (product.error) return <FailedPage error={product.error} />;
  if (!product.data) return <Loading />;
  return <RiskScreen key={name} product={product.data} />;
}

/** A stored risk, in whatever state it is. */
export function StoredPolicy({ locator }: { readonly locator: string }) {
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
    <RiskScreen key={`${locator} ${stored.data.policy.updatedTimestamp}`} product={product.data} stored={stored.data} />
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

function RiskScreen({ product, stored }: { readonly product: ProductForm; readonly stored?: StoredRisk }) {
  const risk = useRisk(product, stored);
  const { form, setForm, state, editable, errorOf, leave } = risk;
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
  // Chords work in the middle of a field; a letter of its own is a shortcut only where nobody types.
  useHotkeys(
    [
      ['mod+s', () => editable && !busy && risk.save.mutate()],
      ['mod+Enter', () => (editable ? !busy && risk.finalize.mutate() : state === 'accepted' && ask(true))],
    ],
    [],
  );
  useHotkeys([['w', () => document.querySelector<HTMLButtonElement>('[data-shortcut="w"]')?.click()]]);
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
        </Group>
        {error ? <Failure error={error} /> : null}
        {state === 'declined' ? <Alert color="orange">{text.risk.deadEnd}</Alert> : null}
        {stored && state === 'issued' ? <PolicyTimeline locator={stored.policy.locator} /> : null}
        <section aria-label={text.risk.policyholder}>
          <Title order={2}>{text.risk.policyholder}</Title>
          <EntityForm
            fields={product.policyholderFields}
            entity={form.policyholder}
            lookups={product.lookups}
            disabled={!editable}
            errorOf={(field) => errorOf('policyholder', field)}
            onLeave={(field) => leave('policyholder', field)}
            onChange={(policyholder) => setForm({ ...form, policyholder })}
          />
        </section>
        <section aria-label={text.risk.period}>
          <Title order={2}>{text.risk.period}</Title>
          {editable ? (
            <Group gap="md">
              <TextInput
                type="date"
                label={text.risk.start}
                value={form.start}
                error={errorOf('', 'policyStartTimestamp')}
                onChange={(event) => setForm({ ...form, start: event.currentTarget.value })}
              />
              <TextInput
                type="date"
                label={text.risk.end}
                value={form.end}
                error={errorOf('', 'policyEndTimestamp')}
                onChange={(event) => setForm({ ...form, end: event.currentTarget.value })}
              />
            </Group>
          ) : (
            <Text size="sm">
              {dayOf(form.start)} – {dayOf(form.end)}
            </Text>
          )}
        </section>
        {product.fields.length > 0 ? (
          <section aria-label={text.risk.details}>
            <Title order={2}>{text.risk.details}</Title>
            <EntityForm
              fields={product.fields}
              entity={form.policy}
              lookups={product.lookups}
              disabled={!editable}
              errorOf={(field) => errorOf('', field)}
              onLeave={(field) => leave('', field)}
              onChange={(policy) => setForm({ ...form, policy })}
            />
          </section>
        ) : null}
        <Exposures
          product={product}
          exposures={form.exposures}
          disabled={!editable}
          errorOf={errorOf}
          onLeave={leave}
          onChange={(exposures) => setForm({ ...form, exposures })}
        />
      </main>
      <aside className="risk-side">
        <PricePanel
          preview={preview}
          pending={editable && risk.preview.isFetching}
          product={product}
          final={!editable}
          onShowErrors={risk.showErrors}
        />
        {stored && !editable ? <Documents policy={stored.policy} /> : null}
      </aside>
      <Modal opened={asking} onClose={() => ask(false)} title={text.risk.issueTitle} transitionProps={{ duration: 0 }}>
        <Stack>
          <Text>
            {text.risk.issueEffect(
              total,
              stored ? day(stored.policy.originalContractStartTimestamp, product.timeZone) : form.start,
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

function Documents({ policy }: { readonly policy: PolicyResponse }) {
  const documents = [...policy.documents, ...policy.invoices.flatMap((invoice) => invoice.documents)];
  return (
    <Stack gap="xs" mt="lg">
      <Title order={2}>{text.risk.documents}</Title>
      {documents.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text.risk.documentsNone}
        </Text>
      ) : null}
      {documents.map((document) => (
        <Group key={document.locator} justify="space-between" wrap="nowrap">
          <Text size="sm">{document.displayName}</Text>
          <Anchor
            className="document-link"
            size="sm"
            href={`/api/documents/${document.locator}`}
            target="_blank"
            rel="noreferrer"
          >
            {text.risk.open} ({document.type.toUpperCase()})
          </Anchor>
        </Group>
      ))}
    </Stack>
  );
}
