import { Text, useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useMemo, useRef } from 'react';
import { text } from '../../../app/text.ts';
import { type OneWay, oneWay } from './one-way.ts';
import type { TableSession } from './session.ts';

register([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

const names = text.labTables.chart;

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
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = init(element, undefined, { renderer: 'svg' });
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const [line, accent] = [
      color(`--mantine-color-field-${scheme === 'dark' ? 4 : 7}`),
      color(`--mantine-color-orange-${scheme === 'dark' ? 4 : 7}`),
    ];
    chart.current?.setOption({
      animation: false,
      textStyle: { fontFamily: style.fontFamily, fontSize: 11, color: color('--mantine-color-text') },
      grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis', renderMode: 'richText' },
      xAxis: {
        type: 'category',
        data: drawn.points.map(({ label }) => label || '…'),
        axisLabel: { color: color('--mantine-color-text') },
      },
      yAxis: { type: 'value', scale: true, axisLabel: { color: color('--mantine-color-text') } },
      series: [
        {
          type: drawn.ordered ? 'line' : 'bar',
          step: false,
          symbolSize: drawn.points.length > 60 ? 0 : 5,
          itemStyle: { color: line },
          data: drawn.points.map(({ label, value }) =>
            label === at ? { value, itemStyle: { color: accent }, symbolSize: 9 } : value,
          ),
        },
      ],
    });
  }, [drawn, at, scheme]);
  return <div ref={place} className="factor-chart" role="img" aria-label={names.title(drawn.value, drawn.key)} />;
}
