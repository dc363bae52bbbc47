import './experiments.css';
import { Alert, Badge, Button, Group, Skeleton, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Experiment } from '#core/api/contracts/lab-experiments.ts';
import { useActions } from '../../../app/actions.tsx';
import { call } from '../../../app/client.ts';
import { day } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { toast, toastFailure } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import { useProduct } from '../../risk/stored.ts';
import type { LabPartProps } from '../lab-part-props.ts';
import { Cohorts } from './cohorts.tsx';
import { NewExperiment } from './new-experiment.tsx';
import { percent } from './percent.ts';

const names = text.labExperiments;
const COLORS = { planned: 'gray', running: 'teal', ended: 'gray' } as const;

/** Versions tried against each other: who got which, whether the shares hold, and what became of the quotes. */
export function Experiments({ product }: LabPartProps) {
  const [asking, ask] = useState(false);
  const zone = useProduct(product.name, product.configVersion).data?.timeZone ?? 'UTC';
  const experiments = useQuery({
    queryKey: ['lab-experiments', product.name],
    queryFn: () => call<Experiment[]>('GET', `/api/lab/experiments/${encodeURIComponent(product.name)}`),
  });
  useActions(text.lab.parts.experiments, [{ label: names.beginAction, keys: 'n', run: () => ask(true) }]);
  if (experiments.error) return <Failure error={experiments.error} />;
  if (!experiments.data) return <Skeleton height="100%" />;
  const running = experiments.data.some(({ state }) => state !== 'ended');
  return (
    <div className="experiments">
      <Group justify="space-between">
        <Title order={2}>{names.title}</Title>
        <Button variant={running ? 'default' : 'filled'} onClick={() => ask(true)}>
          {names.begin}
        </Button>
      </Group>
      {experiments.data.length === 0 ? <Text c="dimmed">{names.empty}</Text> : null}
      {experiments.data.map((experiment) => (
        <OneExperiment key={experiment.locator} experiment={experiment} zone={zone} />
      ))}
      <Cohorts product={product} experiments={experiments.data} zone={zone} />
      <NewExperiment product={product} opened={asking} onClose={() => ask(false)} />
    </div>
  );
}

function OneExperiment({ experiment, zone }: { readonly experiment: Experiment; readonly zone: string }) {
  const { name, state, arms, counts, ratio, from, until, key, traffic } = experiment;
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => call('POST', `/api/lab/experiments/${experiment.locator}/end`),
    onSuccess: async () => {
      toast(names.ended(name));
      await queries.invalidateQueries({ queryKey: ['lab-experiments'] });
    },
    onError: toastFailure,
  });
  const when = until === undefined ? names.since(day(from, zone)) : names.between(day(from, zone), day(until, zone));
  return (
    <section className="experiment" aria-label={name}>
      <Group justify="space-between">
        <Group gap="xs">
          <Title order={3}>{name}</Title>
          <Badge variant="light" color={COLORS[state]}>
            {names.states[state]}
          </Badge>
          <Text size="sm" c="dimmed">
            {[when, names.traffic(percent(traffic)), names.key(key.join(', '))].join(' · ')}
          </Text>
        </Group>
        {state === 'ended' ? null : (
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
            {names.end}
          </Button>
        )}
      </Group>
      <Table maw={640} verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{names.arm}</Table.Th>
            <Table.Th className="amount">{names.version}</Table.Th>
            <Table.Th className="amount">{names.share}</Table.Th>
            <Table.Th className="amount">{names.risks}</Table.Th>
            <Table.Th className="amount">{names.expected}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {arms.map((arm, index) => (
            <Table.Tr key={arm.name}>
              <Table.Td>{arm.name}</Table.Td>
              <Table.Td className="amount">{arm.configVersion}</Table.Td>
              <Table.Td className="amount">{percent(arm.share)}</Table.Td>
              <Table.Td className="amount">{counts[index]?.risks}</Table.Td>
              <Table.Td className="amount">{counts[index]?.expected.toFixed(1)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {ratio.alarm ? (
        <Alert color="red" mt="xs" title={names.alarm(ratio.p.toPrecision(2))} role="alert" />
      ) : (
        <Text size="sm" c="dimmed" mt={4}>
          {names.ratio(ratio.p.toFixed(3))}
        </Text>
      )}
    </section>
  );
}
