import { Alert, Button, Group, NumberInput, Progress, Text, Title } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ProductSummary } from '#core/api/contract.ts';
import type { LabDisagreement, LabOpinion } from '#core/api/contracts/lab-second-opinion.ts';
import { call } from '../../../app/client.ts';
import { useJobs } from '../../../app/jobs.tsx';
import { text } from '../../../app/text.ts';
import { WorksheetTree } from '../../risk/worksheet-tree.tsx';

const SLICE = 20;

/** What two evaluators say of the product as it is. */
export function OpinionPanel({ product }: { readonly product: ProductSummary }) {
  const names = text.labTests.opinion;
  const jobs = useJobs();
  const [count, setCount] = useState(100);
  const [opinion, setOpinion] = useState<LabOpinion>();
  const [failure, setFailure] = useState<string>();
  const latest = useRef<LabOpinion>(undefined);
  const title = names.job(product.displayName);
  const job = jobs.list.findLast((one) => one.title === title && one.state === 'running');
  const ask = async (): Promise<void> => {
    latest.current = undefined;
    setFailure(undefined);
    setOpinion(undefined);
    const slices = Array.from({ length: Math.ceil(count / SLICE) }, (_, at) => at * SLICE);
    const done = await jobs.run(
      title,
      slices,
      (from) => names.slice(from + 1, Math.min(count, from + SLICE)),
      async (from) => {
        const part = await call<LabOpinion>('POST', '/api/lab/second-opinion', {
          base: product.configVersion,
          product: product.name,
          from,
          count: Math.min(SLICE, count - from),
        });
        latest.current = latest.current ? together(latest.current, part) : part;
        setOpinion(latest.current);
      },
    );
    setFailure(done.failures[0]?.why);
  };
  return (
    <section className="lab-opinion" aria-label={names.title}>
      <Title order={2}>{names.title}</Title>
      <Text size="xs" c="dimmed">
        {names.hint}
      </Text>
      <Group gap="sm" align="end">
        <NumberInput
          size="xs"
          w={90}
          label={names.count}
          min={1}
          max={1000}
          value={count}
          onChange={(value) => setCount(Math.min(1000, Math.max(1, Number(value) || 1)))}
        />
        {job ? (
          <Button variant="default" onClick={() => jobs.cancel(job.id)}>
            {text.labTests.cancel}
          </Button>
        ) : (
          <Button variant="default" onClick={() => void ask()}>
            {names.ask}
          </Button>
        )}
      </Group>
      {job ? <Progress size="sm" value={(100 * job.done) / Math.max(1, job.total)} aria-label={title} /> : null}
      {failure === undefined ? null : (
        <Alert color="red" variant="light" p="xs" role="alert">
          {failure}
        </Alert>
      )}
      <Text
        size="sm"
        role="status"
        data-testid="opinion"
        {...(opinion?.disagreements.length ? { c: 'red', fw: 600 } : {})}
      >
        {opinion ? names.agreed(opinion.agreed, opinion.risks) : names.notAsked}
        {opinion && opinion.unable.risks > 0
          ? ` · ${names.unable(opinion.unable.risks, opinion.unable.why ?? '')}`
          : ''}
      </Text>
      {opinion?.disagreements.map((found) => (
        <Disagreement key={found.sample} found={found} />
      ))}
    </section>
  );
}

function Disagreement({ found }: { readonly found: LabDisagreement }) {
  const names = text.labTests.opinion;
  const { sample, what, first, second, firstStep, worksheets } = found;
  return (
    <details className="lab-disagreement">
      <summary>
        {names.differs(sample, what)}: {first} / {second}
      </summary>
      {firstStep ? (
        <Text size="sm">
          {names.step} ({firstStep.path.join(' › ')}): {firstStep.first ?? names.nothing} /{' '}
          {firstStep.second ?? names.nothing}
        </Text>
      ) : null}
      {(
        [
          [names.first, worksheets.first],
          [names.second, worksheets.second],
        ] as const
      ).map(([title, sheet]) =>
        sheet ? (
          <details key={title}>
            <summary>{title}</summary>
            <WorksheetTree title={title} steps={sheet.steps} {...(firstStep ? { path: firstStep.path } : {})} />
          </details>
        ) : null,
      )}
    </details>
  );
}

function together(a: LabOpinion, b: LabOpinion): LabOpinion {
  return {
    ...a,
    risks: a.risks + b.risks,
    agreed: a.agreed + b.agreed,
    unable: { ...b.unable, ...a.unable, risks: a.unable.risks + b.unable.risks },
    disagreements: [...a.disagreements, ...b.disagreements],
  };
}
