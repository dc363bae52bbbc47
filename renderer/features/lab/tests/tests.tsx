import './tests.css';
import { Alert, Button, Group, Progress, Skeleton, Switch, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LabTest, LabTestList, LabTestResult } from '#core/api/contracts/lab-tests.ts';
import { useActions } from '../../../app/actions.tsx';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import type { LabPartProps } from '../lab-part-props.ts';
import { OpinionPanel } from './opinion-panel.tsx';
import { TestDetail } from './test-detail.tsx';
import { nameOfTest, useTestRun } from './use-test-run.ts';

type State = 'passed' | 'failed' | 'running' | 'open';

/** A product's tests: run, filtered, each with what came out; and what two evaluators say of it. */
export function Tests({ product }: LabPartProps) {
  const names = text.labTests;
  const base = product.configVersion;
  const tests = useQuery({
    queryKey: ['lab', 'tests', product.commit, product.name],
    queryFn: () => call<LabTestList>('POST', '/api/lab/tests/list', { base, product: product.name }),
    select: (answer) => answer.tests,
  });
  const run = useTestRun({ base, product: product.name, displayName: product.displayName });
  const [failing, setFailing] = useState(false);
  const [chosen, choose] = useState<string>();
  const list = tests.data ?? [];
  const results = list.map((test) => run.results.get(test.id));
  const failed = results.filter((result) => result && !result.passed).length;
  const passed = results.filter((result) => result?.passed).length;
  const shown = failing ? list.filter(({ id }) => run.results.get(id)?.passed === false) : list;
  const selected =
    list.find(({ id }) => id === chosen) ?? shown.find(({ id }) => run.results.get(id)?.passed === false);
  useActions(names.title(product.displayName), [
    { label: names.runAll, keys: 'mod+Enter', run: () => run.start(list) },
    { label: names.failingOnly, keys: 'f', run: () => setFailing(!failing) },
  ]);
  if (tests.error) return <Failure error={tests.error} />;
  if (!tests.data) return <Skeleton height="100%" />;
  return (
    <div className="lab-tests">
      <section className="lab-tests-list" aria-label={names.list}>
        <Group gap="sm" className="lab-tests-bar">
          {run.job ? (
            <Button variant="default" onClick={run.cancel}>
              {names.cancel}
            </Button>
          ) : (
            <Button onClick={() => run.start(list)} disabled={list.length === 0} aria-keyshortcuts="Control+Enter">
              {names.runAll}
            </Button>
          )}
          <Switch
            label={names.failingOnly}
            checked={failing}
            onChange={(event) => setFailing(event.currentTarget.checked)}
          />
        </Group>
        {run.job ? (
          <Progress size="sm" value={(100 * run.job.done) / Math.max(1, run.job.total)} aria-label={names.runAll} />
        ) : null}
        <Text size="sm" role="status" data-testid="test-summary">
          {names.summary(passed, failed, list.length - passed - failed)}
        </Text>
        {run.failure ? (
          <Alert color="red" variant="light" p="xs" role="alert">
            {run.failure}
          </Alert>
        ) : null}
        {list.length === 0 ? (
          <div className="empty">
            <Title order={2}>{names.none}</Title>
            <Text c="dimmed">{names.noneHint}</Text>
          </div>
        ) : null}
        <ul>
          {shown.map((test) => (
            <li key={test.id}>
              <TestRow
                test={test}
                result={run.results.get(test.id)}
                running={run.job !== undefined && !run.results.has(test.id)}
                selected={test.id === selected?.id}
                onChoose={() => choose(test.id)}
              />
            </li>
          ))}
        </ul>
        <OpinionPanel product={product} />
      </section>
      <section className="lab-tests-detail" aria-label={names.detail}>
        {selected ? (
          <TestDetail product={product} test={selected} result={run.results.get(selected.id)} />
        ) : (
          <div className="empty">
            <Text c="dimmed">{names.chooseHint}</Text>
          </div>
        )}
      </section>
    </div>
  );
}

interface TestRowProps {
  readonly test: LabTest;
  readonly result: LabTestResult | undefined;
  readonly running: boolean;
  readonly selected: boolean;
  readonly onChoose: () => void;
}

function TestRow({ test, result, running, selected, onChoose }: TestRowProps) {
  const names = text.labTests;
  const state: State = result ? (result.passed ? 'passed' : 'failed') : running ? 'running' : 'open';
  const sign = { passed: '✓', failed: '✕', running: '…', open: '·' }[state];
  return (
    <button
      type="button"
      className="lab-test"
      aria-current={selected ? 'true' : undefined}
      onClick={onChoose}
      title={test.id}
    >
      <span className={`lab-test-state ${state}`} role="img" aria-label={names.states[state]}>
        {sign}
      </span>
      <span className="lab-test-name">{nameOfTest(test)}</span>
      <span className="lab-test-kind">
        {names.kinds[test.kind]}
        {result ? ` · ${names.milliseconds(result.milliseconds)}` : ''}
      </span>
    </button>
  );
}
