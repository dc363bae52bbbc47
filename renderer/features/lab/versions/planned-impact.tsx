import { Table, Text } from '@mantine/core';
import type { PromotionPlan } from '#core/api/contracts/lab-environments.ts';
import { money, number } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Histogram } from '../impact/histogram.tsx';
import { percent } from '../impact/view.ts';

const names = text.labVersions.environments.plan;

/** What a promotion does to the book that is there: the whole of it, its histogram, and who falls and rises most. */
export function PlannedImpact({ impact }: { readonly impact: NonNullable<PromotionPlan['impact']> }) {
  if (impact.state === 'left-out') return <Text size="sm">{impact.why}</Text>;
  const { whole, book, currency, histogram, winners, losers, failures } = impact;
  const [failed] = failures.first;
  return (
    <>
      <Text size="sm">
        {names.book(book.title, number(String(whole.count)))}{' '}
        <strong>
          {names.whole(money(whole.before, currency), money(whole.after, currency), percent(whole.percent))}
        </strong>
      </Text>
      {whole.before === whole.after ? null : <Histogram bands={histogram} height={170} />}
      {failed ? (
        <Text size="sm" fw={600}>
          {names.failures(number(String(failures.count)), failed.key, failed.after ?? failed.before ?? '')}
        </Text>
      ) : null}
      {winners.length + losers.length > 0 ? (
        <Table withTableBorder verticalSpacing={2} mt="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{names.risk}</Table.Th>
              <Table.Th className="amount">{names.before}</Table.Th>
              <Table.Th className="amount">{names.after}</Table.Th>
              <Table.Th className="amount">{names.change}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[...winners, ...losers].map(({ index, key, before, after, percent: moved }) => (
              <Table.Tr key={index}>
                <Table.Td>{key}</Table.Td>
                <Table.Td className="amount">{money(before, currency)}</Table.Td>
                <Table.Td className="amount">{money(after, currency)}</Table.Td>
                <Table.Td className="amount">{percent(moved)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
    </>
  );
}
