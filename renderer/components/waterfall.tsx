import { useComputedColorScheme } from '@mantine/core';
import { BarChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

register([BarChart, GridComponent, TooltipComponent, SVGRenderer]);

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
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const chart = init(element, undefined, { renderer: 'svg' });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(element);
    // Colours and fonts are those of the page in its present scheme.
    const style = getComputedStyle(element);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const shade = scheme === 'dark' ? 4 : 7;
    const colors = {
      total: color(`--mantine-color-field-${scheme === 'dark' ? 6 : 7}`),
      up: color(`--mantine-color-orange-${shade}`),
      down: color(`--mantine-color-teal-${shade}`),
      text: color('--mantine-color-text'),
    };
    const spans = spansOf(bars);
    const low = Math.min(...spans.flatMap(({ from, to }) => [from, to]));
    const high = Math.max(...spans.flatMap(({ from, to }) => [from, to]));
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: style.fontFamily, fontSize: 12 },
      grid: { left: 4, right: 84, top: 4, bottom: 4, containLabel: true },
      tooltip: { trigger: 'item', formatter: ({ dataIndex }: { dataIndex: number }) => escaped(bars[dataIndex]) },
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
    });
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [bars, scheme]);
  return <div ref={place} role="img" aria-label={title} style={{ height: bars.length * ROW + 8 }} />;
}

function spansOf(bars: readonly WaterfallBar[]) {
  let at = 0;
  return bars.map(({ kind, value }) => {
    const from = kind === 'total' ? 0 : at;
    at = kind === 'total' ? value : at + value;
    return { kind, from, to: at };
  });
}

/** The tooltip is HTML: names come from configurations. */
function escaped(bar: WaterfallBar | undefined): string {
  const node = document.createElement('span');
  node.textContent = bar ? `${bar.label}: ${bar.text}` : '';
  return node.innerHTML;
}
