import { Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RatingRun } from '#core/api/contracts/lab-rating.ts';
import { money } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';

const names = text.labBooks;
const SHOWN = 200;

/** A line of a rated book (core/lab/rating/SPEC.md, BR8). */
interface RatedLine {
  readonly line: number;
  readonly key: string;
  readonly premium?: string;
  readonly taxes?: string;
  readonly fees?: string;
  readonly total?: string;
  readonly currency?: string;
  readonly error?: { readonly message: string };
}

/** The lines of a run so far, NDJSON. Throws what the workbench says. */
export async function ratedLines(id: string, count?: number): Promise<string> {
  const query = count === undefined ? '' : `?count=${count}`;
  const response = await fetch(`/api/lab/rate/${id}/lines${query}`, { credentials: 'same-origin' });
  if (response.ok) return response.text();
  const problem = (await response.json().catch(() => ({}))) as { readonly detail?: string };
  throw new Error(problem.detail ?? response.statusText);
}

/** The first risks of a run with their prices, or why they have none. */
export function RatedLines({ run: { id, done, summary } }: { readonly run: RatingRun }) {
  const lines = useQuery({
    queryKey: ['lab-rate', id, 'lines', Math.min(done, SHOWN)],
    queryFn: async () => {
      const read = (await ratedLines(id, SHOWN)).split('\n').filter((line) => line !== '');
      return read.map((line) => JSON.parse(line) as RatedLine);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (lines.error) return <Failure error={lines.error} />;
  if (!lines.data) return <Skeleton height={120} />;
  if (lines.data.length === 0) return <Text size="sm">{names.noLines}</Text>;
  const usual = summary.sums[0]?.currency ?? 'USD';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keys must get in
    <section className="books-lines" tabIndex={0} aria-label={names.firstLines}>
      <Table verticalSpacing={2} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{names.key}</Table.Th>
            <Table.Th className="amount">{names.premium}</Table.Th>
            <Table.Th className="amount">{names.taxes}</Table.Th>
            <Table.Th className="amount">{names.fees}</Table.Th>
            <Table.Th className="amount">{names.total}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.data.map(({ line, key, premium, taxes, fees, total, currency = usual, error }) => (
            <Table.Tr key={line}>
              <Table.Td>{key}</Table.Td>
              {error ? (
                <Table.Td colSpan={4}>{error.message}</Table.Td>
              ) : (
                [premium, taxes, fees, total].map((amount = '', at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the columns stay where they are
                  <Table.Td key={at} className="amount">
                    {money(amount, currency)}
                  </Table.Td>
                ))
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
