import { useCallback } from 'react';
import type { ImpactBand } from '#core/api/contracts/lab-impact.ts';
import { number } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Chart, type ChartColors, escaped } from '../../../components/chart.tsx';
import { bandName, percent } from './view.ts';

/** How many risks change by how much: falls, rises, and the unchanged ones at their place between them. */
export function Histogram({
  bands,
  height = 230,
}: {
  readonly bands: readonly ImpactBand[];
  readonly height?: number;
}) {
  const option = useCallback(
    (colors: ChartColors) => {
      const shown = bands.filter(({ kind, count }) => kind === 'range' || count > 0);
      const color = ({ kind, from }: ImpactBand): string =>
        kind !== 'range' ? colors.quiet : (from ?? -1) >= 0 ? colors.up : colors.down;
      return {
        grid: { left: 4, right: 8, top: 8, bottom: 4, containLabel: true },
        tooltip: {
          trigger: 'item',
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const band = shown[dataIndex];
            return band ? escaped(`${bandName(band)}: ${number(String(band.count))} (${percent(band.percent)})`) : '';
          },
        },
        xAxis: {
          type: 'category',
          data: shown.map((band) =>
            band.kind === 'range' && band.from !== null ? percent(band.from) : bandName(band),
          ),
          axisTick: { show: false },
          axisLine: { lineStyle: { color: colors.line } },
          axisLabel: { color: colors.text, hideOverlap: true },
        },
        yAxis: {
          type: 'value',
          axisLabel: { color: colors.text },
          splitLine: { lineStyle: { color: colors.line } },
        },
        series: [
          {
            type: 'bar',
            barCategoryGap: '12%',
            data: shown.map((band) => ({
              value: band.count,
              itemStyle: { color: color(band), borderRadius: [2, 2, 0, 0] },
            })),
          },
        ],
      };
    },
    [bands],
  );
  return <Chart title={text.labImpact.histogramOf} height={height} option={option} />;
}
