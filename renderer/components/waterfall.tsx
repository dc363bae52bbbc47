import { useCallback } from 'react';
import { Chart, type ChartColors, escaped } from './chart.tsx';

/** A bar of a waterfall: a total that stands on the ground, or a difference that begins where the bar before it ended. */
export interface WaterfallBar {
  readonly label: string;
  readonly kind: 'total' | 'difference';
  /** Drawn only; what is read is `text`. */
  readonly value: number;
  /** The amount in the reader's notation. */
  readonly text: string;
}

interface WaterfallProps {
  readonly title: string;
  readonly bars: readonly WaterfallBar[];
}

const ROW = 26;

/** How one amount became another, from top to bottom. The same stands in a table beside it: this is the picture. */
export function Waterfall({ title, bars }: WaterfallProps) {
  const option = useCallback((colors: ChartColors) => optionOf(bars, colors), [bars]);
  return <Chart title={title} height={bars.length * ROW + 8} option={option} />;
}

function optionOf(bars: readonly WaterfallBar[], colors: ChartColors): object {
  const spans = spansOf(bars);
  const low = Math.min(...spans.flatMap(({ from, to }) => [from, to]));
  const high = Math.max(...spans.flatMap(({ from, to }) => [from, to]));
  return {
    grid: { left: 4, right: 84, top: 4, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'item',
      formatter: ({ dataIndex }: { dataIndex: number }) =>
        escaped(`${bars[dataIndex]?.label ?? ''}: ${bars[dataIndex]?.text ?? ''}`),
    },
    // Small differences of a large total would be hairlines: the axis begins just below the lowest point.
    xAxis: {
      type: 'value',
      show: false,
      min: low === high ? 0 : Math.max(0, low - (high - low) * 0.6),
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { color: colors.text, width: 150, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        stack: 'fall',
        silent: true,
        itemStyle: { color: 'transparent' },
        data: spans.map(({ from, to }) => Math.min(from, to)),
      },
      {
        type: 'bar',
        stack: 'fall',
        barWidth: 14,
        label: {
          show: true,
          position: 'right',
          color: colors.text,
          formatter: ({ dataIndex }: { dataIndex: number }) => bars[dataIndex]?.text ?? '',
        },
        data: spans.map(({ from, to, kind }) => ({
          value: Math.abs(to - from),
          itemStyle: {
            color: kind === 'total' ? colors.total : to > from ? colors.up : colors.down,
            borderRadius: 2,
          },
        })),
      },
    ],
  };
}

function spansOf(bars: readonly WaterfallBar[]) {
  let at = 0;
  return bars.map(({ kind, value }) => {
    const from = kind === 'total' ? 0 : at;
    at = kind === 'total' ? value : at + value;
    return { kind, from, to: at };
  });
}
