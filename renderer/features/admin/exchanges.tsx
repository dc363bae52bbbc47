import { Badge, Button, Group, Skeleton, Table, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { RecentExchange, WaitingRerate } from '#core/api/contracts/admin.ts';
import { call } from '../../app/client.ts';
import { useJobs } from '../../app/jobs.tsx';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { localMoment } from './parts.tsx';

/** What raters were asked lately, over all policies. */
export function Exchanges() {
  const words = text.admin.integrations;
  const exchanges = useQuery({
    queryKey: ['exchanges'],
    queryFn: () => call<readonly RecentExchange[]>('GET', '/api/exchanges'),
  });
  return (
    <section aria-label={words.exchanges}>
      <Title order={2}>{words.exchanges}</Title>
      {exchanges.error ? <Failure error={exchanges.error} /> : null}
      {exchanges.isPending ? <Skeleton height={60} /> : null}
      {exchanges.data?.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.exchangesEmpty}
        </Text>
      ) : null}
      {exchanges.data && exchanges.data.length > 0 ? (
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.exchangeColumns.time}</Table.Th>
              <Table.Th>{words.exchangeColumns.integration}</Table.Th>
              <Table.Th>{words.exchangeColumns.insured}</Table.Th>
              <Table.Th>{words.exchangeColumns.outcome}</Table.Th>
              <Table.Th className="amount">{words.exchangeColumns.duration}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {exchanges.data.map((exchange) => (
              <Table.Tr key={exchange.locator}>
                <Table.Td className="unbroken">{localMoment(exchange.timestamp)}</Table.Td>
                <Table.Td>{exchange.integration}</Table.Td>
                <Table.Td>
                  <a href={address({ screen: 'policy', locator: exchange.policyLocator })}>
                    {exchange.insured || exchange.policyLocator}
                  </a>
                </Table.Td>
                <Table.Td>
                  {exchange.problem ? (
                    <Text size="sm" className="trouble">
                      {exchange.problem.message || exchange.problem.code}
                    </Text>
                  ) : (
                    words.answered(exchange.status ?? 200)
                  )}
                </Table.Td>
                <Table.Td className="amount">{text.admin.milliseconds(exchange.duration)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
    </section>
  );
}

/** Transactions that wait for a rater that was away. */
export function RerateQueue() {
  const words = text.admin.integrations;
  const jobs = useJobs();
  const queries = useQueryClient();
  const queue = useQuery({
    queryKey: ['rerates'],
    queryFn: () => call<readonly WaitingRerate[]>('GET', '/api/rerates'),
  });
  const waiting = queue.data ?? [];
  const run = async (): Promise<void> => {
    await jobs.run(
      words.queue,
      ['all'],
      () => words.queue,
      () => call('POST', '/api/rerates/run', {}),
    );
    await queries.invalidateQueries();
  };
  return (
    <section aria-label={words.queue}>
      <Group justify="space-between">
        <Title order={2}>{words.queue}</Title>
        {waiting.length > 0 ? (
          <Button variant="default" onClick={() => void run()}>
            {words.runNow}
          </Button>
        ) : null}
      </Group>
      {queue.error ? <Failure error={queue.error} /> : null}
      {queue.isPending ? <Skeleton height={30} /> : null}
      {queue.data?.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.queueEmpty}
        </Text>
      ) : null}
      {waiting.length > 0 ? (
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {waiting.map((rerate) => (
              <Table.Tr key={rerate.locator}>
                <Table.Td>
                  <Badge variant="light" color={rerate.state === 'waiting' ? 'gray' : 'orange'}>
                    {rerate.state === 'waiting' ? words.waiting : words.stopped}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  <a href={address({ screen: 'policy', locator: rerate.policyLocator })}>
                    {text.history.commands[rerate.command] ?? rerate.command}
                  </a>
                </Table.Td>
                <Table.Td>{rerate.rater}</Table.Td>
                <Table.Td>{rerate.message}</Table.Td>
                <Table.Td className="amount">
                  {words.attempts(rerate.attempts)}
                  {rerate.nextTimestamp === undefined ? '' : ` · ${words.nextTry(localMoment(rerate.nextTimestamp))}`}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
    </section>
  );
}
