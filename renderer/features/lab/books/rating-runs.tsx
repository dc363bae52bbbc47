import { Button, Group, Progress, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RatingRun } from '#core/api/contracts/lab-rating.ts';
import { call } from '../../../app/client.ts';
import { money, number } from '../../../app/format.ts';
import { saveFile } from '../../../app/save-file.ts';
import { text } from '../../../app/text.ts';
import { toast, toastFailure } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import { RatedLines, ratedLines } from './rated-lines.tsx';

const names = text.labBooks;
/** Milliseconds between two looks at what is being rated. */
const LOOK = 700;

/** What is being rated and what was, newest first, with the sums so far. */
export function RatingRuns({ product }: { readonly product: string }) {
  const runs = useQuery({
    queryKey: ['lab-rate'],
    queryFn: async () => (await call<{ readonly runs: readonly RatingRun[] }>('GET', '/api/lab/rate')).runs,
    refetchInterval: ({ state }) => (state.data?.some((run) => run.state === 'running') ? LOOK : false),
  });
  if (runs.error) return <Failure error={runs.error} />;
  const own = runs.data?.filter((run) => run.product === product) ?? [];
  if (runs.data && own.length === 0) return <Text c="dimmed">{names.empty}</Text>;
  return own.map((run) => <Run key={run.id} run={run} />);
}

function Run({ run }: { readonly run: RatingRun }) {
  const { id, book, version, state, done, total, summary, problem } = run;
  const queries = useQueryClient();
  const [shown, show] = useState(false);
  const title = names.run(book ?? names.inForce, version);
  const act = useMutation({
    mutationFn: (what: 'stop' | 'resume') =>
      what === 'stop'
        ? call<RatingRun>('DELETE', `/api/lab/rate/${id}`)
        : call<RatingRun>('POST', `/api/lab/rate/${id}/resume`, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['lab-rate'] }),
    onError: toastFailure,
  });
  const save = useMutation({
    mutationFn: async () => {
      const name = `${(book ?? 'in-force').replace(/\.(csv|ndjson|jsonl)$/i, '')}-rated.ndjson`;
      await saveFile(name, await ratedLines(id), 'application/x-ndjson');
      toast(names.saved(name));
    },
    onError: toastFailure,
  });
  return (
    <section className="books-run" aria-label={title}>
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Group gap="xs">
          {state === 'running' ? (
            <Button variant="default" loading={act.isPending} onClick={() => act.mutate('stop')}>
              {names.stop}
            </Button>
          ) : null}
          {state === 'stopped' || state === 'failed' ? (
            <Button variant="default" loading={act.isPending} onClick={() => act.mutate('resume')}>
              {names.resume}
            </Button>
          ) : null}
          <Button variant="default" disabled={done === 0} onClick={() => show(!shown)}>
            {shown ? names.hide : names.lines}
          </Button>
          <Button variant="default" disabled={done === 0} loading={save.isPending} onClick={() => save.mutate()}>
            {names.save}
          </Button>
        </Group>
      </Group>
      <Progress
        value={state === 'done' || total === 0 ? 100 : Math.min(100, (done / total) * 100)}
        animated={state === 'running' && total === 0}
        size="sm"
        aria-label={title}
      />
      <Text size="xs" c="dimmed" role="status">
        {[
          names.states[state],
          state !== 'done' && total > 0
            ? names.progress(number(String(done)), number(String(total)))
            : number(String(done)),
          ...(summary.failed > 0 ? [names.failed(number(String(summary.failed)))] : []),
          names.seconds(number(summary.seconds.toFixed(1))),
        ].join(' · ')}
      </Text>
      {problem === undefined ? null : <Failure error={new Error(problem)} />}
      {summary.sums.length > 0 ? (
        <Table verticalSpacing={2} maw={720}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{names.currency}</Table.Th>
              {(['risks', 'premium', 'taxes', 'fees', 'total'] as const).map((column) => (
                <Table.Th key={column} className="amount">
                  {names[column]}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {summary.sums.map(({ currency, risks, premium, taxes, fees, total: all }) => (
              <Table.Tr key={currency}>
                <Table.Td>{currency}</Table.Td>
                <Table.Td className="amount">{number(String(risks))}</Table.Td>
                {[premium, taxes, fees, all].map((amount, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns stay where they are
                  <Table.Td key={at} className="amount">
                    {money(amount, currency)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
      {shown ? <RatedLines run={run} /> : null}
    </section>
  );
}
