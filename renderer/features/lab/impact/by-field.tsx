import { Group, Select, Table, Text } from '@mantine/core';
import { useCallback } from 'react';
import type { ImpactLevel, ImpactResult } from '#core/api/contracts/lab-impact.ts';
import { money, number } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Chart, type ChartColors, escaped } from '../../../components/chart.tsx';
import { type ImpactView, percent } from './view.ts';

const names = text.labImpact;

interface ByFieldProps {
  readonly result: ImpactResult;
  readonly view: ImpactView;
  readonly setView: (view: ImpactView) => void;
}

/** The book by one field as a chart and a table, by two as a table of changes. */
export function ByField({ result, view, setView }: ByFieldProps) {
  const { fields, by, cells, currency } = result;
  return (
    <>
      <Group gap="sm">
        <Select
          label={names.by}
          data={[...fields]}
          value={view.by || null}
          onChange={(field) => setView({ ...view, by: field ?? '', and: field ? view.and : '' })}
          searchable
          clearable
          w={230}
        />
        <Select
          label={names.and}
          data={fields.filter((field) => field !== view.by)}
          value={view.and || null}
          onChange={(field) => setView({ ...view, and: field ?? '' })}
          disabled={view.by === ''}
          searchable
          clearable
          w={230}
        />
      </Group>
      {by ? (
        <OneWay field={by.field} levels={by.levels} currency={currency} />
      ) : (
        <Text c="dimmed">{names.chooseField}</Text>
      )}
      {cells ? <TwoWay cells={cells} /> : null}
    </>
  );
}

function OneWay({
  field,
  levels,
  currency,
}: {
  readonly field: string;
  readonly levels: readonly ImpactLevel[];
  readonly currency: string;
}) {
  const option = useCallback(
    (colors: ChartColors) => ({
      grid: { left: 4, right: 4, top: 30, bottom: 4, containLabel: true },
      legend: { top: 0, textStyle: { color: colors.text } },
      tooltip: {
        trigger: 'axis',
        formatter: ([first]: readonly { dataIndex: number }[]) => {
          const level = levels[first?.dataIndex ?? -1];
          return level
            ? escaped(
                `${level.label || names.none}: ${percent(level.percent)}, ${number(String(level.count))} ${names.risks}`,
              )
            : '';
        },
      },
      xAxis: {
        type: 'category',
        data: levels.map(({ label }) => label || names.none),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colors.line } },
        axisLabel: { color: colors.text, hideOverlap: true },
      },
      yAxis: [
        { type: 'value', axisLabel: { color: colors.text }, splitLine: { show: false } },
        {
          type: 'value',
          axisLabel: { color: colors.text, formatter: (value: number) => percent(value) },
          splitLine: { lineStyle: { color: colors.line } },
        },
      ],
      series: [
        {
          name: names.risks,
          type: 'bar',
          data: levels.map(({ count }) => count),
          itemStyle: { color: colors.quiet, opacity: 0.45 },
        },
        {
          name: names.change,
          type: 'line',
          yAxisIndex: 1,
          symbolSize: 6,
          data: levels.map((level) => (level.percent === null ? null : Number(level.percent))),
          lineStyle: { color: colors.total, width: 2 },
          itemStyle: { color: colors.total },
        },
      ],
    }),
    [levels],
  );
  return (
    <>
      <Chart title={names.oneWay(field)} height={220} option={option} />
      <Table verticalSpacing={3} horizontalSpacing="sm" data-testid="one-way">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{field}</Table.Th>
            {[names.risks, names.before, names.after, names.change, names.contribution].map((title) => (
              <Table.Th key={title} className="amount">
                {title}
              </Table.Th>
            ))}
            <Table.Th className="amount" title={names.offBalanceHint}>
              {names.offBalance}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {levels.map((level) => (
            <Table.Tr key={level.label}>
              <Table.Td>{level.label || names.none}</Table.Td>
              <Table.Td className="amount">{number(String(level.count))}</Table.Td>
              <Table.Td className="amount">{money(level.before, currency)}</Table.Td>
              <Table.Td className="amount">{money(level.after, currency)}</Table.Td>
              <Table.Td className="amount">{percent(level.percent)}</Table.Td>
              <Table.Td className="amount">{percent(level.contribution)}</Table.Td>
              <Table.Td className="amount">
                {level.offBalance === null ? '–' : Number(level.offBalance).toFixed(4)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

/** Changes of two fields; the shade says how far from nothing, the sign in which direction. */
function TwoWay({ cells: { rows, columns, cells } }: { readonly cells: NonNullable<ImpactResult['cells']> }) {
  const down = [...new Set(cells.map(({ row }) => row))];
  const across = [...new Set(cells.map(({ column }) => column))];
  const at = new Map(cells.map((cell) => [`${cell.row}\n${cell.column}`, cell]));
  const most = Math.max(0.01, ...cells.map((cell) => Math.abs(Number(cell.percent ?? 0))));
  return (
    <div className="impact-scroll">
      <Table verticalSpacing={3} horizontalSpacing="sm" data-testid="two-way">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              {rows} × {columns}
            </Table.Th>
            {across.map((column) => (
              <Table.Th key={column} className="amount">
                {column || names.none}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {down.map((row) => (
            <Table.Tr key={row}>
              <Table.Td>{row || names.none}</Table.Td>
              {across.map((column) => {
                const cell = at.get(`${row}\n${column}`);
                const share = Math.abs(Number(cell?.percent ?? 0)) / most;
                const tone = Number(cell?.percent ?? 0) > 0 ? 'orange' : 'teal';
                return (
                  <Table.Td
                    key={column}
                    className="amount"
                    style={{
                      background: `color-mix(in srgb, var(--mantine-color-${tone}-5) ${Math.round(share * 30)}%, transparent)`,
                    }}
                    {...(cell ? { title: `${number(String(cell.count))} ${names.risks}` } : {})}
                  >
                    {cell ? percent(cell.percent) : ''}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
