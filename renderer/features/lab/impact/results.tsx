import { Button, Group, Switch, Table, Tabs, Text } from '@mantine/core';
import { type UseQueryResult, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductSummary } from '#core/api/contract.ts';
import type { ImpactBand, ImpactResult } from '#core/api/contracts/lab-impact.ts';
import { money, number } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Amount } from '../../../components/amount.tsx';
import { Failure } from '../../../components/failure.tsx';
import { ByField } from './by-field.tsx';
import { Causes } from './causes.tsx';
import { exportReport } from './export.ts';
import { Histogram } from './histogram.tsx';
import { Movers } from './movers.tsx';
import { RiskDrawer } from './risk-drawer.tsx';
import { bandName, type ImpactView, percent } from './view.ts';

const names = text.labImpact;

interface ResultsProps {
  readonly run: string;
  readonly product: ProductSummary;
  readonly result: UseQueryResult<ImpactResult>;
  readonly view: ImpactView;
  readonly setView: (view: ImpactView) => void;
  /** A newer run is on its way. */
  readonly stale: boolean;
}

/** The book as a run left it: figures, histogram, and the ways to cut it up. */
export function Results({ run, product, result, view, setView, stale }: ResultsProps) {
  const [risk, openRisk] = useState<number>();
  const report = useMutation({
    mutationFn: (format: 'xlsx' | 'pdf') =>
      exportReport(run, view, {
        format,
        title: names.title(product.displayName),
        name: names.fileName(product.name, format),
      }),
  });
  const { data } = result;
  if (!data) return result.error ? <Failure error={result.error} /> : <div />;
  return (
    <div className="impact-main" data-testid="impact-result" aria-busy={stale || result.isFetching}>
      <Group justify="space-between" align="start" wrap="nowrap">
        <Figures result={data} />
        <Group gap="sm" wrap="nowrap">
          <Switch
            size="xs"
            label={names.taxes}
            checked={view.taxes}
            onChange={(event) => setView({ ...view, taxes: event.currentTarget.checked })}
          />
          <Switch
            size="xs"
            label={names.fees}
            checked={view.fees}
            onChange={(event) => setView({ ...view, fees: event.currentTarget.checked })}
          />
          <Button variant="default" loading={report.isPending} onClick={() => report.mutate('xlsx')}>
            {names.excel}
          </Button>
          <Button variant="default" loading={report.isPending} onClick={() => report.mutate('pdf')}>
            {names.pdf}
          </Button>
        </Group>
      </Group>
      {(report.error ?? result.error) ? <Failure error={report.error ?? result.error ?? new Error()} /> : null}
      <Histogram bands={data.histogram} />
      <Tabs defaultValue="bands" keepMounted={false}>
        <Tabs.List>
          {(['bands', 'movers', 'fields', 'causes', 'failures'] as const).map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {names.tabs[tab]}
              {tab === 'failures' ? ` (${number(String(data.failures.count))})` : ''}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="bands" className="impact-part">
          <Bands bands={data.bands} currency={data.currency} />
        </Tabs.Panel>
        <Tabs.Panel value="movers" className="impact-part">
          <Movers result={data} view={view} setView={setView} onOpen={openRisk} />
        </Tabs.Panel>
        <Tabs.Panel value="fields" className="impact-part">
          <ByField result={data} view={view} setView={setView} />
        </Tabs.Panel>
        <Tabs.Panel value="causes" className="impact-part">
          <Causes key={run} run={run} view={view} currency={data.currency} />
        </Tabs.Panel>
        <Tabs.Panel value="failures" className="impact-part">
          <Failures failures={data.failures} />
        </Tabs.Panel>
      </Tabs>
      {risk === undefined ? null : (
        <RiskDrawer run={run} index={risk} currency={data.currency} onClose={() => openRisk(undefined)} />
      )}
    </div>
  );
}

function Figures({ result: { whole, currency, failures } }: { readonly result: ImpactResult }) {
  return (
    <dl className="impact-figures">
      <div>
        <dt>{names.change}</dt>
        <dd>
          <strong data-testid="change">
            <Amount value={percent(whole.percent)} />
          </strong>
        </dd>
      </div>
      <div>
        <dt>{names.before}</dt>
        <dd>{money(whole.before, currency)}</dd>
      </div>
      <div>
        <dt>{names.after}</dt>
        <dd>
          <Amount value={money(whole.after, currency)} />
        </dd>
      </div>
      <div>
        <dt>{names.risks}</dt>
        <dd>
          {number(String(whole.count))}
          {failures.count > 0 ? ` (${names.failed(number(String(failures.count)))})` : ''}
        </dd>
      </div>
    </dl>
  );
}

function Bands({ bands, currency }: { readonly bands: readonly ImpactBand[]; readonly currency: string }) {
  const whole = bands.reduce((sum, { count }) => sum + count, 0);
  return (
    <Table verticalSpacing={3} horizontalSpacing="sm" data-testid="bands">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{names.band}</Table.Th>
          <Table.Th className="amount">{names.risks}</Table.Th>
          <Table.Th className="amount">%</Table.Th>
          <Table.Th className="amount">{names.before}</Table.Th>
          <Table.Th className="amount">{names.after}</Table.Th>
          <Table.Th className="amount">{names.change}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {bands.map((band) => (
          <Table.Tr key={`${band.kind} ${band.from}`}>
            <Table.Td>{bandName(band)}</Table.Td>
            <Table.Td className="amount">{number(String(band.count))}</Table.Td>
            <Table.Td className="amount">
              {whole === 0 ? '–' : number(((band.count / whole) * 100).toFixed(1))}
            </Table.Td>
            <Table.Td className="amount">{money(band.before, currency)}</Table.Td>
            <Table.Td className="amount">{money(band.after, currency)}</Table.Td>
            <Table.Td className="amount">{percent(band.percent)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface FailuresProps {
  readonly failures: ImpactResult['failures'];
}

function Failures({ failures: { first } }: FailuresProps) {
  if (first.length === 0) return <Text c="dimmed">{names.failed('0')}</Text>;
  return (
    <Table verticalSpacing={3} horizontalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{names.risk}</Table.Th>
          <Table.Th className="amount">{names.place}</Table.Th>
          <Table.Th>{names.before}</Table.Th>
          <Table.Th>{names.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {first.map(({ index, key, before, after }) => (
          <Table.Tr key={index}>
            <Table.Td>{key}</Table.Td>
            <Table.Td className="amount">{number(String(index + 1))}</Table.Td>
            <Table.Td>{before ?? '✓'}</Table.Td>
            <Table.Td>{after ?? '✓'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
