import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

register([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

/** Colours of the page in its present scheme, for charts. */
export interface ChartColors {
  readonly text: string;
  readonly line: string;
  readonly total: string;
  readonly up: string;
  readonly down: string;
  readonly quiet: string;
}

interface ChartProps {
  readonly title: string;
  readonly height: number;
  /** Stable while nothing changes: a new one draws the chart anew. */
  readonly option: (colors: ChartColors) => object;
}

/** A chart as the page is: its fonts, its colours, no motion. What it shows stands in a table beside it. */
export function Chart({ title, height, option }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const chart = init(element, undefined, { renderer: 'svg' });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(element);
    const style = getComputedStyle(element);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const shade = scheme === 'dark' ? 4 : 7;
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: style.fontFamily, fontSize: 12 },
      ...option({
        text: color('--mantine-color-text'),
        line: color('--mantine-color-default-border'),
        total: color(`--mantine-color-field-${scheme === 'dark' ? 5 : 7}`),
        up: color(`--mantine-color-orange-${shade}`),
        down: color(`--mantine-color-teal-${shade}`),
        quiet: color(`--mantine-color-gray-${scheme === 'dark' ? 6 : 5}`),
      }),
    });
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [option, scheme]);
  return <div ref={place} role="img" aria-label={title} style={{ height }} />;
}

/** Tooltips are HTML, names come from books and configurations. */
export function escaped(text: string): string {
  const node = document.createElement('span');
  node.textContent = text;
  return node.innerHTML;
}
