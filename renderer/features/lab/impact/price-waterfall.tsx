import { Skeleton, Table } from '@mantine/core';
import { lazy, Suspense, useMemo } from 'react';
import { change, money, number, titled } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import type { WaterfallBar } from '../../../components/waterfall.tsx';

const Waterfall = lazy(async () => ({ default: (await import('../../../components/waterfall.tsx')).Waterfall }));
const names = text.labImpact;

/** A step between two amounts of text. */
export interface PriceMove {
  readonly key: string;
  readonly label: string;
  readonly difference: string;
  /** What was replaced by what, or a share: said beside the amount. */
  readonly detail?: string;
}

interface PriceWaterfallProps {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly steps: readonly PriceMove[];
  readonly currency: string;
}

/** How one amount became another: the picture, and the same as a table. */
export function PriceWaterfall({ title, before, after, steps, currency }: PriceWaterfallProps) {
  const bars = useMemo<readonly WaterfallBar[]>(() => {
    const total = (label: string, amount: string): WaterfallBar => ({
      label,
      kind: 'total',
      value: Number(amount),
      text: money(amount, currency),
    });
    return [
      total(names.before, before),
      ...steps.map(
        ({ label, difference }): WaterfallBar => ({
          label: titled(label),
          kind: 'difference',
          value: Number(difference),
          text: change(difference, currency),
        }),
      ),
      total(names.after, after),
    ];
  }, [before, after, steps, currency]);
  return (
    <>
      <Suspense fallback={<Skeleton height={bars.length * 26} />}>
        <Waterfall title={title} bars={bars} />
      </Suspense>
      <Table verticalSpacing={3} horizontalSpacing="sm" data-testid="moves">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{names.step}</Table.Th>
            <Table.Th />
            <Table.Th className="amount">{names.change}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steps.map(({ key, label, detail, difference }) => (
            <Table.Tr key={key}>
              <Table.Td>{titled(label)}</Table.Td>
              <Table.Td>{detail}</Table.Td>
              <Table.Td className="amount">{change(difference, currency)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

/** `1.2 → 1.32`, or what there is of it. */
export function replacedBy(before: string | undefined, after: string | undefined): string {
  const shown = (value: string | undefined): string =>
    value === undefined ? '–' : /^-?\d+(\.\d+)?$/.test(value) ? number(value) : value;
  return before === undefined && after === undefined ? '' : `${shown(before)} → ${shown(after)}`;
}
