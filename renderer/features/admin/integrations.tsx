import { Badge, Button, Group, Skeleton, Table, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Integration } from '#core/api/contracts/admin.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { toast, toastFailure } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { Exchanges, RerateQueue } from './exchanges.tsx';
import { IntegrationForm } from './integration-form.tsx';
import { Secrets } from './secrets.tsx';
import { TryIntegration } from './try-integration.tsx';

interface Registry {
  readonly externalServiceIntegrations: readonly Integration[];
}

/** The services outside, what they were asked lately, and what waits for them. */
export function Integrations() {
  const words = text.admin.integrations;
  const queries = useQueryClient();
  const [form, setForm] = useState<{ readonly integration?: Integration }>();
  const [trying, setTrying] = useState<string>();
  const registry = useQuery({ queryKey: ['integrations'], queryFn: () => call<Registry>('GET', '/integrations') });
  const refresh = () => queries.invalidateQueries({ queryKey: ['integrations'] });
  const undo = useMutation({
    mutationFn: (name: string) => call('POST', `/api/integrations/${encodeURIComponent(name)}/undo`, {}),
    onSuccess: refresh,
    onError: toastFailure,
  });
  const remove = useMutation({
    mutationFn: (name: string) => call('DELETE', `/integrations/${encodeURIComponent(name)}`),
    onSuccess: (_, name) => {
      toast(words.removed(name), () => undo.mutate(name));
      return refresh();
    },
    onError: toastFailure,
  });
  useActions(text.admin.sections.integrations, [{ label: words.add, keys: 'n', run: () => setForm({}) }]);
  const list = registry.data?.externalServiceIntegrations ?? [];
  return (
    <>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Text size="sm" c="dimmed" maw={620}>
          {words.hint}
        </Text>
        <Button leftSection={<IconPlus size={14} />} onClick={() => setForm({})} className="steady">
          {words.add}
        </Button>
      </Group>
      {registry.error ? <Failure error={registry.error} /> : null}
      {registry.isPending ? <Skeleton height={90} mt="md" /> : null}
      {registry.data && list.length === 0 ? (
        <div className="empty">
          <Title order={2}>{words.empty}</Title>
          <Text c="dimmed">{words.emptyHint}</Text>
        </div>
      ) : null}
      {list.length > 0 ? (
        <Table verticalSpacing={4} mt="md" aria-label={text.admin.sections.integrations}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.columns.name}</Table.Th>
              <Table.Th>{words.columns.type}</Table.Th>
              <Table.Th>{words.columns.url}</Table.Th>
              <Table.Th>{words.columns.security}</Table.Th>
              <Table.Th>
                <span className="visually-hidden">{words.columns.actions}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.map((integration) => (
              <Table.Tr key={integration.name}>
                <Table.Td fw={600} className="unbroken">
                  {integration.name}
                </Table.Td>
                <Table.Td className="unbroken">{words.types[integration.type]}</Table.Td>
                <Table.Td className="breakable">{integration.url}</Table.Td>
                <Table.Td>
                  <Security integration={integration} />
                </Table.Td>
                <Table.Td>
                  <Group gap={2} justify="end" wrap="nowrap">
                    {integration.type === 'external_rater' ? (
                      <Button
                        variant="light"
                        aria-label={words.tryNamed(integration.name)}
                        onClick={() => setTrying(integration.name)}
                      >
                        {words.try}
                      </Button>
                    ) : null}
                    <Button
                      variant="subtle"
                      aria-label={words.changeNamed(integration.name)}
                      onClick={() => setForm({ integration })}
                    >
                      {words.change}
                    </Button>
                    <Button
                      variant="subtle"
                      color="gray"
                      aria-label={words.removeNamed(integration.name)}
                      onClick={() => remove.mutate(integration.name)}
                    >
                      {words.remove}
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
      <RerateQueue />
      <Exchanges />
      <Secrets />
      {form ? (
        <IntegrationForm
          integration={form.integration}
          onClose={() => setForm(undefined)}
          onSaved={(name, changed) => {
            setForm(undefined);
            if (changed) toast(words.changed(name), () => undo.mutate(name));
            else toast(words.added(name), () => remove.mutate(name));
            void refresh();
          }}
        />
      ) : null}
      {trying === undefined ? null : <TryIntegration name={trying} onClose={() => setTrying(undefined)} />}
    </>
  );
}

function Security({ integration }: { readonly integration: Integration }) {
  const words = text.admin.integrations;
  const { headers, securitySpec } = integration;
  const count = Object.keys(headers).length;
  return (
    <Group gap={4} wrap="nowrap">
      {securitySpec?.hmacEnabled ? (
        <Badge variant="light" color="teal" className="steady">
          {words.signed}
        </Badge>
      ) : null}
      {count > 0 ? (
        <Text size="xs" c="dimmed" className="unbroken">
          {words.headers(count)}
        </Text>
      ) : null}
      {securitySpec?.secureSSL === false ? (
        <Badge variant="light" color="orange" className="steady">
          {words.unchecked}
        </Badge>
      ) : null}
      {!securitySpec?.hmacEnabled && count === 0 ? (
        <Text size="xs" c="dimmed">
          {words.open}
        </Text>
      ) : null}
    </Group>
  );
}
