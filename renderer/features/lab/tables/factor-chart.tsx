import { Text } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import { text } from '../../../app/text.ts';
import { Chart, type ChartColors } from '../../../components/chart.tsx';
import { type OneWay, oneWay } from './one-way.ts';
import type { TableSession } from './session.ts';

const names = text.labTables.chart;
const HEIGHT = 300;

/** The factor that the active cell is of, along the key: steps and spikes are seen before they are read. */
export function FactorChart({ session }: { readonly session: TableSession }) {
  const { table, active } = session;
  const first = table.columns.indexOf(table.schema?.values[0] ?? '');
  const { revision } = table;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision is another picture
  const drawn = useMemo(
    () => oneWay(table, active.column) ?? oneWay(table, first >= 0 ? first : table.columns.length - 1),
    [table, active.column, first, revision],
  );
  const at = drawn?.points.findLast(({ position }) => position <= active.row)?.label;
  return (
    <aside className="table-pane" aria-label={text.labTables.actions.chart}>
      <h2>{drawn ? names.title(drawn.value, drawn.key) : text.labTables.actions.chart}</h2>
      {drawn ? (
        <Picture drawn={drawn} at={drawn.averaged === 0 ? at : undefined} />
      ) : (
        <Text size="sm">{names.none}</Text>
      )}
      {drawn && drawn.averaged > 0 ? (
        <Text size="xs" c="dimmed">
          {names.mean(drawn.averaged)}
        </Text>
      ) : null}
    </aside>
  );
}

function Picture({ drawn, at }: { readonly drawn: OneWay; readonly at: string | undefined }) {
  const option = useCallback((colors: ChartColors) => optionOf(drawn, at, colors), [drawn, at]);
  return <Chart title={names.title(drawn.value, drawn.key)} height={HEIGHT} option={option} />;
}

function optionOf(drawn: OneWay, at: string | undefined, colors: ChartColors): object {
  return {
    grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', renderMode: 'richText' },
    xAxis: {
      type: 'category',
      data: drawn.points.map(({ label }) => label || '…'),
      axisLabel: { color: colors.text },
    },
    yAxis: { type: 'value', scale: true, axisLabel: { color: colors.text } },
    series: [
      {
        type: drawn.ordered ? 'line' : 'bar',
        step: false,
        symbolSize: drawn.points.length > 60 ? 0 : 5,
        itemStyle: { color: colors.total },
        data: drawn.points.map(({ label, value }) =>
          label === at ? { value, itemStyle: { color: colors.up }, symbolSize: 9 } : value,
        ),
      },
    ],
  };
}
