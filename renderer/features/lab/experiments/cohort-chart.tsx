import { useCallback } from 'react';
import type { Cohort } from '#core/api/contracts/lab-experiments.ts';
import { text } from '../../../app/text.ts';
import { Chart, type ChartColors } from '../../../components/chart.tsx';
import { percent } from './percent.ts';

interface CohortChartProps {
  readonly title: string;
  readonly cohorts: readonly (Cohort & { readonly label: string })[];
}

/** Conversion and loss ratio, a group of bars for each cohort. The same stands in the table beside it. */
export function CohortChart({ title, cohorts }: CohortChartProps) {
  const option = useCallback((colors: ChartColors) => optionOf(cohorts, colors), [cohorts]);
  return <Chart title={title} height={240} option={option} />;
}

function optionOf(cohorts: CohortChartProps['cohorts'], colors: ChartColors): object {
  const names = text.labExperiments.cohorts;
  const label = (value: unknown): string => (typeof value === 'number' ? percent(value) : '');
  const bar = (name: string, fill: string, data: readonly (number | undefined)[]) => ({
    type: 'bar',
    name,
    barMaxWidth: 26,
    itemStyle: { color: fill, borderRadius: 2 },
    label: {
      show: true,
      position: 'top',
      color: colors.text,
      formatter: ({ value }: { value: unknown }) => label(value),
    },
    data: data.map((value) => value ?? '-'),
  });
  return {
    legend: { top: 0, textStyle: { color: colors.text } },
    grid: { left: 4, right: 8, top: 44, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: cohorts.map((cohort) => cohort.label),
      axisTick: { show: false },
      axisLabel: { color: colors.text },
    },
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: { color: colors.text, formatter: label },
      splitLine: { lineStyle: { color: colors.line } },
    },
    series: [
      bar(
        names.conversion,
        colors.total,
        cohorts.map(({ conversion }) => conversion?.rate),
      ),
      bar(
        names.lossRatio,
        colors.up,
        cohorts.map(({ lossRatio }) => lossRatio),
      ),
    ],
  };
}
