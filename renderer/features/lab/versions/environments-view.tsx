import { Badge, Button, Code, Group, Skeleton, Switch, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Environment, Environments, Promotions } from '#core/api/contracts/lab-environments.ts';
import type { VersionWritten } from '#core/api/contracts/lab-versions.ts';
import { useActions } from '../../../app/actions.tsx';
import { call } from '../../../app/client.ts';
import { moment } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import { useProduct } from '../../risk/stored.ts';
import type { LabPartProps } from '../lab-part-props.ts';
import { NewEnvironment } from './new-environment.tsx';
import { PromotionDrawer } from './promotion-drawer.tsx';

const names = text.labVersions.environments;
const COLORS = { development: 'blue.9', staging: 'orange.9', production: 'gray.8' } as const;

/** The environments of this computer: how to open each, a new one, a promotion to another; and promotions that wait here for a second person. */
export function EnvironmentsView({ product }: LabPartProps) {
  const queries = useQueryClient();
  const [asking, ask] = useState(false);
  const [target, setTarget] = useState<Environment>();
  const zone = useProduct(product.name, product.configVersion).data?.timeZone ?? 'UTC';
  const environments = useQuery({
    queryKey: ['lab-environments'],
    queryFn: () => call<Environments>('GET', '/api/lab/environments'),
  });
  const promotions = useQuery({
    queryKey: ['lab-promotions'],
    queryFn: () => call<Promotions>('GET', '/api/lab/promotions'),
  });
  const act = useMutation({
    mutationFn: async ({ locator, action }: { readonly locator: string; readonly action: 'approve' | 'refuse' }) => {
      const { configVersion } = await call<VersionWritten>('POST', `/api/lab/promotions/${locator}/${action}`);
      return action === 'approve' ? names.approved(configVersion ?? 0) : names.refused;
    },
    onSuccess: async (words) => {
      toast(words);
      await queries.invalidateQueries();
    },
  });
  const rule = useMutation({
    mutationFn: (secondPerson: boolean) => call<Promotions>('PUT', '/api/lab/promotions/rule', { secondPerson }),
    onSuccess: (now) => queries.setQueryData(['lab-promotions'], now),
  });
  useActions(names.title, [{ label: names.newAction, keys: 'n', run: () => ask(true) }]);
  const error = environments.error ?? promotions.error;
  if (error) return <Failure error={error} />;
  if (!environments.data || !promotions.data) return <Skeleton height={240} />;
  const { current, opens } = environments.data;
  const { pending, secondPerson } = promotions.data;
  return (
    <div className="versions-receipt">
      <Title order={2}>{names.title}</Title>
      <Text size="sm" c="dimmed">
        {names.hint}
      </Text>
      <Table withTableBorder my="sm">
        <Table.Tbody>
          {environments.data.environments.map((environment) => {
            const { kind, name, folder, clonedFrom } = environment;
            return (
              <Table.Tr key={folder}>
                <Table.Td>
                  <Badge variant="filled" color={COLORS[kind]} tt="none">
                    {names.kinds[kind]}
                  </Badge>
                </Table.Td>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{clonedFrom === undefined ? '' : names.from(clonedFrom)}</Table.Td>
                <Table.Td>{folder === current ? names.here : <Code>fieldwriter serve --data {folder}</Code>}</Table.Td>
                <Table.Td>
                  {opens && folder !== current ? (
                    <Button variant="default" size="xs" onClick={() => setTarget(environment)}>
                      {names.promoteTo}
                    </Button>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {opens ? (
        <Button variant="default" onClick={() => ask(true)}>
          {names.newAction}
        </Button>
      ) : null}
      <details>
        <summary>
          <Text span size="sm" c="dimmed">
            {names.commands}
          </Text>
        </summary>
        <Code block my="xs">
          fieldwriter environment clone development {names.folder} --data {current}
          {'\n'}
          fieldwriter environment promote {product.name} {names.target} --data {current}
        </Code>
      </details>
      <Title order={2} mt="lg">
        {names.waiting}
      </Title>
      <Switch
        my="xs"
        label={names.rule}
        checked={secondPerson}
        onChange={(event) => rule.mutate(event.currentTarget.checked)}
      />
      {pending.length === 0 ? (
        <Text size="sm" c="dimmed">
          {names.none}
        </Text>
      ) : null}
      {pending.map(({ locator, message, byName, at, product: of }) => (
        <Group key={locator} my="xs">
          <div>
            <Text size="sm" fw={600}>
              {of}: {message}
            </Text>
            <Text size="xs" c="dimmed">
              {text.labVersions.history.by(byName, moment(at, zone))}
            </Text>
          </div>
          <Button loading={act.isPending} onClick={() => act.mutate({ locator, action: 'approve' })}>
            {names.approve}
          </Button>
          <Button variant="default" onClick={() => act.mutate({ locator, action: 'refuse' })}>
            {names.refuse}
          </Button>
        </Group>
      ))}
      <NewEnvironment current={current} opened={asking} onClose={() => ask(false)} />
      {target ? <PromotionDrawer product={product} target={target} onClose={() => setTarget(undefined)} /> : null}
      {(act.error ?? rule.error) ? <Failure error={act.error ?? rule.error ?? new Error()} /> : null}
    </div>
  );
}
