import { Button, Group, Select, Skeleton, Table, Text, TextInput, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Cohort, CohortReport, Experiment } from '#core/api/contracts/lab-experiments.ts';
import { addCalendar, startOfDay } from '#core/model/time.ts';
import { call } from '../../../app/client.ts';
import { money } from '../../../app/format.ts';
import { useJobs } from '../../../app/jobs.tsx';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import type { LabPartProps } from '../lab-part-props.ts';
import { CohortChart } from './cohort-chart.tsx';
import { percent } from './percent.ts';

const names = text.labExperiments.cohorts;

interface CohortsProps extends LabPartProps {
  readonly experiments: readonly Experiment[];
  readonly zone: string;
}

/** What became of the quotes of each pricing version, or of each arm, as a table and as a picture. */
export function Cohorts({ product, experiments, zone }: CohortsProps) {
  const [of, choose] = useState('');
  const [on, setOn] = useState('');
  const at = on === '' ? undefined : addCalendar(startOfDay(on, zone), { days: 1 }, zone) - 1;
  const jobs = useJobs();
  const report = useQuery({
    queryKey: ['lab-cohorts', product.name, product.configVersion, of, at],
    queryFn: async () => {
      const query = new URLSearchParams({
        ...(at === undefined ? {} : { at: `${at}` }),
        ...(of === '' ? {} : { experiment: of }),
      });
      const path = `/api/lab/cohorts/${encodeURIComponent(product.name)}?${query}`;
      return (await jobs.follow<CohortReport>(names.title, () => call('POST', path))) ?? null;
    },
    placeholderData: keepPreviousData,
  });
  const cohorts = report.data?.cohorts;
  const bars = useMemo(
    () => (cohorts ?? []).map((cohort) => ({ ...cohort, label: names.version(cohort.configVersion, cohort.arm) })),
    [cohorts],
  );
  return (
    <section aria-label={names.title}>
      <Group align="end" mb="xs">
        <Title order={2}>{names.title}</Title>
        <Select
          label={names.of}
          value={of}
          allowDeselect={false}
          data={[
            { value: '', label: names.all },
            ...experiments.map(({ locator, name }) => ({ value: locator, label: name })),
          ]}
          onChange={(chosen) => choose(chosen ?? '')}
        />
        <TextInput type="date" label={names.at} value={on} onChange={(event) => setOn(event.currentTarget.value)} />
      </Group>
      {report.error ? <Failure error={report.error} /> : null}
      {report.isPending ? <Skeleton height={160} /> : null}
      {report.data === null ? (
        <Group>
          <Text c="dimmed">{names.cancelled}</Text>
          <Button variant="default" onClick={() => void report.refetch()}>
            {names.again}
          </Button>
        </Group>
      ) : null}
      {bars.length === 0 && cohorts ? <Text c="dimmed">{names.empty}</Text> : null}
      {bars.length > 0 ? (
        <div className="cohorts">
          <Table withTableBorder verticalSpacing={2}>
            <Table.Thead>
              <Table.Tr>
                {Object.entries(names.columns).map(([name, label]) => (
                  <Table.Th key={name} className={name === 'cohort' ? '' : 'amount'}>
                    {label}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {bars.map((cohort) => (
                <Row key={`${cohort.label} ${cohort.currency}`} cohort={cohort} label={cohort.label} />
              ))}
            </Table.Tbody>
          </Table>
          <CohortChart title={names.chart} cohorts={bars} />
        </div>
      ) : null}
    </section>
  );
}

function Row({ cohort, label }: { readonly cohort: Cohort; readonly label: string }) {
  const { currency, conversion, lossRatio } = cohort;
  return (
    <Table.Tr>
      <Table.Th scope="row">{label}</Table.Th>
      <Table.Td className="amount">{cohort.quotes}</Table.Td>
      <Table.Td className="amount">{cohort.priced}</Table.Td>
      <Table.Td className="amount">{cohort.issued}</Table.Td>
      <Table.Td
        className="amount"
        title={conversion && names.interval(percent(conversion.low), percent(conversion.high))}
      >
        {conversion ? percent(conversion.rate) : '–'}
      </Table.Td>
      <Table.Td className="amount">{money(cohort.written, currency)}</Table.Td>
      <Table.Td className="amount">{money(cohort.earned, currency)}</Table.Td>
      <Table.Td className="amount">{cohort.claims}</Table.Td>
      <Table.Td className="amount">{money(cohort.incurred, currency)}</Table.Td>
      <Table.Td className="amount">{lossRatio === undefined ? '–' : percent(lossRatio)}</Table.Td>
    </Table.Tr>
  );
}
