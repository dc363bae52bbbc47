import { Button, Group, NumberInput, Select, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImpactResult, ImpactSolution, SolveImpact } from '#core/api/contracts/lab-impact.ts';
import type { Changes, ConfigurationFiles, TableSlice } from '#core/api/contracts/studio.ts';
import { call } from '../../../app/client.ts';
import { change, money, number } from '../../../app/format.ts';
import { useJobs } from '../../../app/jobs.tsx';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { type ImpactView, percent } from './view.ts';

const names = text.labImpact;

interface LeversProps {
  readonly run: string;
  readonly version: number;
  readonly result: ImpactResult;
  readonly view: ImpactView;
  readonly setView: (view: ImpactView) => void;
  readonly onTake: (changes: Changes) => void;
}

/** Caps on the change of a risk, and the base rate that makes a wanted change of the book. */
export function Levers({ run, version, result, view, setView, onTake }: LeversProps) {
  const jobs = useJobs();
  const [wanted, want] = useState<string | number>(0);
  const [on, setOn] = useState('all');
  const tables = useQuery({
    queryKey: ['configuration', version, 'value-columns'],
    queryFn: () => valueColumns(version),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const solve = useMutation({
    mutationFn: () => {
      const [table, column] = on.split('\n');
      const body: SolveImpact = {
        percent: String(wanted),
        on: table !== undefined && column !== undefined ? { table, column, decimals: 6 } : 'all',
        taxes: view.taxes,
        fees: view.fees,
      };
      return jobs.follow<ImpactSolution>(names.solving(String(wanted)), () =>
        call('POST', `/api/lab/impact/runs/${run}/solve`, body),
      );
    },
  });
  const { caps, currency } = result;
  const { data: solution } = solve;
  return (
    <section className="impact-levers" aria-label={names.levers}>
      <Title order={2}>{names.levers}</Title>
      <Group gap="xs" grow>
        <NumberInput
          size="xs"
          label={names.cap}
          min={0}
          max={1000}
          decimalScale={2}
          value={view.cap}
          onChange={(value) => setView({ ...view, cap: String(value) })}
        />
        <NumberInput
          size="xs"
          label={names.floor}
          min={0}
          max={100}
          decimalScale={2}
          value={view.floor}
          onChange={(value) => setView({ ...view, floor: String(value) })}
        />
      </Group>
      {caps ? (
        <Text size="xs" data-testid="caps">
          {names.uncapped(percent(caps.uncapped.percent))}.{' '}
          {names.capped(
            number(String(caps.capped)),
            number(String(caps.floored)),
            money(caps.givenAway, currency),
            money(caps.kept, currency),
          )}
        </Text>
      ) : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          solve.mutate();
        }}
      >
        <Group gap="xs" align="end" wrap="nowrap">
          <NumberInput size="xs" label={names.wanted} decimalScale={4} w={104} value={wanted} onChange={want} />
          <Select
            label={names.on}
            flex={1}
            value={on}
            allowDeselect={false}
            searchable
            onChange={(value) => setOn(value ?? 'all')}
            data={[
              { value: 'all', label: names.everything },
              ...(tables.data ?? []).map(({ table, column }) => ({
                value: `${table}\n${column}`,
                label: names.column(table, column),
              })),
            ]}
          />
          <Button type="submit" variant="default" flex="none" loading={solve.isPending}>
            {names.solve}
          </Button>
        </Group>
      </form>
      {solve.error ? <Failure error={solve.error} /> : null}
      {solution ? (
        <Text size="xs" data-testid="solution">
          <strong>{names.factor(number(solution.factor))}</strong>{' '}
          {names.reached(money(solution.reached, currency), change(solution.residual, currency))} (
          {names.method[solution.method]}, {names.ratings(solution.ratings)})
        </Text>
      ) : null}
      {solution?.changes ? (
        <Button variant="default" onClick={() => onTake(solution.changes ?? {})}>
          {names.take}
        </Button>
      ) : null}
    </section>
  );
}

/** The columns of tables that hold numbers in their first row: what a factor could stand on. */
async function valueColumns(version: number) {
  const { files } = await call<ConfigurationFiles>('GET', `/api/configurations/${version}/files`);
  const tables = files.filter(({ path }) => /\.csv$/i.test(path));
  const slices = await Promise.all(
    tables.map(({ path }) =>
      call<TableSlice>('GET', `/api/configurations/${version}/table?path=${encodeURIComponent(path)}&count=1`),
    ),
  );
  return slices.flatMap(({ name, columns, rows }) => {
    const at = columns.length - 1;
    const value = rows[0]?.cells[at] ?? '';
    return value !== '' && Number.isFinite(Number(value)) ? [{ table: name, column: columns[at] ?? '' }] : [];
  });
}
