import { useCallback, useRef, useState } from 'react';
import type { LabPropertyResult, LabTest, LabTestResult } from '#core/api/contracts/lab-tests.ts';
import { call } from '../../../app/client.ts';
import { type Job, useJobs } from '../../../app/jobs.tsx';
import { text } from '../../../app/text.ts';

/** How many risks of a property a request looks at: between two the run can be stopped. */
const SLICE = 25;

interface Step {
  readonly test: LabTest;
  readonly from: number;
}
export interface TestRun {
  /** By the test's id; what was not run is not there. */
  readonly results: ReadonlyMap<string, LabTestResult>;
  readonly job: Job | undefined;
  readonly failure: string | undefined;
  start(tests: readonly LabTest[]): void;
  cancel(): void;
}

/** Runs tests one after another in the job tray, a property in slices of its risks. */
export function useTestRun(of: {
  readonly base: number;
  readonly product: string;
  readonly displayName: string;
}): TestRun {
  const jobs = useJobs();
  const [results, setResults] = useState<ReadonlyMap<string, LabTestResult>>(new Map());
  const [failure, setFailure] = useState<string>();
  const latest = useRef(results);
  const title = text.labTests.job(of.displayName);
  const job = jobs.list.findLast((one) => one.title === title && one.state === 'running');
  const { base, product } = of;

  const keep = useCallback((next: LabTestResult): void => {
    latest.current = new Map(latest.current).set(next.id, next);
    setResults(latest.current);
  }, []);

  async function run(tests: readonly LabTest[]): Promise<void> {
    setFailure(undefined);
    const ids = new Set(tests.map(({ id }) => id));
    latest.current = new Map([...latest.current].filter(([id]) => !ids.has(id)));
    setResults(latest.current);
    const done = await jobs.run(title, tests.flatMap(stepsOf), nameOf, async ({ test, from }) => {
      const before = latest.current.get(test.id);
      // A law that is broken stays broken: the rest of its risks would say nothing more.
      if (before && !before.passed) return;
      const slice = test.kind === 'property' ? { from, count: SLICE } : {};
      const result = await call<LabTestResult>('POST', '/api/lab/tests/run', {
        base,
        product,
        test: test.id,
        ...slice,
      });
      keep(before?.kind === 'property' && result.kind === 'property' ? together(before, result) : result);
    });
    const [first] = done.failures;
    if (first) setFailure(`${first.what}: ${first.why}`);
  }

  return {
    results,
    job,
    failure,
    start: (tests) => {
      if (!job) void run(tests);
    },
    cancel: () => {
      if (job) jobs.cancel(job.id);
    },
  };
}

function stepsOf(test: LabTest): readonly Step[] {
  const slices = Math.max(1, Math.ceil((test.samples ?? 1) / SLICE));
  return Array.from({ length: slices }, (_, at) => ({ test, from: at * SLICE }));
}

function nameOf({ test }: Step): string {
  return nameOfTest(test);
}

/** What a test is called on the screen: its description, else its file and line. */
export function nameOfTest({ description, file, line }: LabTest): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return description || (line === undefined ? name : `${name}:${line}`);
}

function together(a: LabPropertyResult, b: LabPropertyResult): LabPropertyResult {
  return {
    ...b,
    risks: a.risks + b.risks,
    ratings: a.ratings + b.ratings,
    milliseconds: a.milliseconds + b.milliseconds,
    unpriced: { ...b.unpriced, ...a.unpriced, risks: a.unpriced.risks + b.unpriced.risks },
  };
}
