import { useComputedColorScheme } from '@mantine/core';
import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { Cohort } from '#core/api/contracts/lab-experiments.ts';
import { text } from '../../../app/text.ts';
import { percent } from './percent.ts';

register([BarChart, GridComponent, LegendComponent, SVGRenderer]);

interface CohortChartProps {
  readonly title: string;
  readonly cohorts: readonly (Cohort & { readonly label: string })[];
}

/** Conversion and loss ratio, a group of bars for each cohort. The same stands in the table beside it. */
export function CohortChart({ title, cohorts }: CohortChartProps) {
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
    const dark = scheme === 'dark';
    const ink = color('--mantine-color-text');
    const names = text.labExperiments.cohorts;
    const label = (value: unknown): string => (typeof value === 'number' ? percent(value) : '');
    const bar = (name: string, fill: string, data: readonly (number | undefined)[]) => ({
      type: 'bar',
      name,
      barMaxWidth: 26,
      itemStyle: { color: fill, borderRadius: 2 },
      label: { show: true, position: 'top', color: ink, formatter: ({ value }: { value: unknown }) => label(value) },
      data: data.map((value) => value ?? '-'),
    });
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: style.fontFamily, fontSize: 12 },
      legend: { top: 0, textStyle: { color: ink } },
      grid: { left: 4, right: 8, top: 44, bottom: 4, containLabel: true },
      xAxis: {
        type: 'category',
        data: cohorts.map((cohort) => cohort.label),
        axisTick: { show: false },
        axisLabel: { color: ink },
      },
      yAxis: {
        type: 'value',
        min: 0,
        axisLabel: { color: ink, formatter: label },
        splitLine: { lineStyle: { color: color('--mantine-color-default-border') } },
      },
      series: [
        bar(
          names.conversion,
          color(`--mantine-color-field-${dark ? 6 : 7}`),
          cohorts.map(({ conversion }) => conversion?.rate),
        ),
        bar(
          names.lossRatio,
          color(`--mantine-color-orange-${dark ? 4 : 7}`),
          cohorts.map(({ lossRatio }) => lossRatio),
        ),
      ],
    });
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [cohorts, scheme]);
  return <div ref={place} role="img" aria-label={title} style={{ height: 240 }} />;
}
