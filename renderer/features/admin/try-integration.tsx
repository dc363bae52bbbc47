import { Alert, Badge, Button, Group, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PolicySummary, ProductSummary } from '#core/api/contract.ts';
import type { IntegrationTrial } from '#core/api/contracts/admin.ts';
import { call } from '../../app/client.ts';
import { money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { Listing } from './parts.tsx';

/** Asks a rater for real and shows what was said side by side; nothing is stored. */
export function TryIntegration({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const words = text.admin.trial;
  const [kind, setKind] = useState<'sampled' | 'stored'>('sampled');
  const [product, setProduct] = useState<string | null>(null);
  const [policy, setPolicy] = useState<string | null>(null);
  const [seed, setSeed] = useState(1);
  const products = useQuery({
    queryKey: ['products'],
    queryFn: () => call<readonly ProductSummary[]>('GET', '/api/products'),
  });
  const policies = useQuery({
    queryKey: ['policies', 'to-try'],
    queryFn: () => call<readonly PolicySummary[]>('GET', '/api/policies?limit=50'),
    enabled: kind === 'stored',
  });
  const chosen = product ?? products.data?.[0]?.name ?? null;
  const attempt = useMutation({
    mutationFn: (sample: number) =>
      call<IntegrationTrial>(
        'POST',
        `/api/integrations/${encodeURIComponent(name)}/try`,
        kind === 'sampled' ? { product: chosen, seed: String(sample) } : { policy },
      ),
  });
  const ready = kind === 'sampled' ? chosen !== null : policy !== null;
  const trial = attempt.data;
  return (
    <Modal opened onClose={onClose} size={1080} title={words.title(name)} transitionProps={{ duration: 0 }}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
        <Group gap="sm" align="end">
          <SegmentedControl
            size="xs"
            aria-label={words.with}
            value={kind}
            onChange={(value) => setKind(value as 'sampled' | 'stored')}
            data={[
              { value: 'sampled', label: words.sampled },
              { value: 'stored', label: words.stored },
            ]}
          />
          {kind === 'sampled' ? (
            <Select
              aria-label={words.product}
              placeholder={words.product}
              w={240}
              data={(products.data ?? []).map((one) => ({ value: one.name, label: one.displayName }))}
              value={chosen}
              onChange={setProduct}
              allowDeselect={false}
            />
          ) : (
            <Select
              aria-label={words.policy}
              placeholder={words.policy}
              w={320}
              searchable
              data={(policies.data ?? []).map((one) => ({
                value: one.locator,
                label: `${one.policyholderName || one.locator} · ${one.policyNumber ?? text.states[one.state]}`,
              }))}
              value={policy}
              onChange={setPolicy}
            />
          )}
          <Button onClick={() => attempt.mutate(seed)} disabled={!ready} loading={attempt.isPending} data-autofocus>
            {words.run}
          </Button>
          {kind === 'sampled' && trial ? (
            <Button
              variant="default"
              disabled={attempt.isPending}
              onClick={() => {
                setSeed(seed + 1);
                attempt.mutate(seed + 1);
              }}
            >
              {words.another}
            </Button>
          ) : null}
        </Group>
        {products.data?.length === 0 ? <Text size="sm">{words.noProducts}</Text> : null}
        {attempt.error ? <Failure error={attempt.error} /> : null}
        {trial ? <Outcome trial={trial} /> : null}
      </Stack>
    </Modal>
  );
}

function Outcome({ trial }: { readonly trial: IntegrationTrial }) {
  const words = text.admin.trial;
  const { exchange, price, problem, fieldErrors } = trial;
  const took = text.admin.milliseconds(exchange?.duration ?? 0);
  return (
    <>
      <Group gap="xs" role="status">
        <Badge variant="light" color={price ? 'teal' : 'red'}>
          {price ? words.premium(money(price.grossPremium, price.currency)) : words.noPrice}
        </Badge>
        <Text size="sm">
          {exchange
            ? exchange.status === undefined
              ? words.silent(took)
              : words.answered(exchange.status, took)
            : words.notAsked}
          {exchange && exchange.attempts > 1 ? ` · ${words.attempts(exchange.attempts)}` : ''}
        </Text>
      </Group>
      {problem ? (
        <Alert color="red" title={problem.title}>
          {problem.detail}
        </Alert>
      ) : null}
      {fieldErrors.length > 0 ? (
        <Alert color="orange" title={words.faults}>
          <ul className="notes">
            {fieldErrors.map((fault) => (
              <li key={`${fault.path ?? ''} ${fault.fieldName}`}>
                {[fault.path, fault.fieldName].filter(Boolean).join(' ')}: {fault.message}
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
      {exchange ? (
        <div className="trial">
          <section aria-label={words.request}>
            <h3>{words.request}</h3>
            <p className="trial-url">POST {exchange.url}</p>
            <Listing>
              {Object.entries(exchange.headers)
                .map(([header, value]) => `${header}: ${value}`)
                .join('\n')}
              {'\n\n'}
              {JSON.stringify(exchange.request, null, 2)}
            </Listing>
          </section>
          <section aria-label={words.response}>
            <h3>{words.response}</h3>
            <p className="trial-url">
              {exchange.status === undefined ? words.silent(took) : words.answered(exchange.status, took)}
            </p>
            <Listing>{exchange.response === undefined ? words.noBody : pretty(exchange.response)}</Listing>
          </section>
        </div>
      ) : null}
    </>
  );
}

/** JSON as people read it; anything else as it came. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
