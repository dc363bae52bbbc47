import { useRef, useState } from 'react';
import type { Book, DryRunSlice, StoredRisk } from '#core/api/contracts/studio.ts';
import { call } from '../../app/client.ts';
import { type Job, useJobs } from '../../app/jobs.tsx';
import { text } from '../../app/text.ts';
import { added, NOTHING_YET, type RunTotals, sampledSlices, storedSlices } from './dry-run.ts';
import type { WorkingCopy } from './use-working-copy.ts';

export interface RunSettings {
  readonly kind: Book['kind'];
  readonly count: number;
  readonly seed: string;
}
export interface DryRun {
  readonly settings: RunSettings;
  setSettings(settings: RunSettings): void;
  /** What came together so far; a run that was cancelled keeps it. */
  readonly totals: RunTotals | undefined;
  /** The state of the working copy that ran. */
  readonly revision: number | undefined;
  readonly job: Job | undefined;
  readonly failure: string | undefined;
  start(): void;
  cancel(): void;
}

/** A dry run in the job tray: slice after slice, so that it shows how far it is and ends when it is told to. */
export function useDryRun(
  of: { readonly base: number; readonly product: string; readonly displayName: string },
  copy: WorkingCopy,
): DryRun {
  const jobs = useJobs();
  const [settings, setSettings] = useState<RunSettings>({ kind: 'sampled', count: 200, seed: 'book' });
  const [result, setResult] = useState<{ readonly totals: RunTotals; readonly revision: number }>();
  const [failure, setFailure] = useState<string>();
  const current = useRef(0);
  // Two runs of one product have two names in the tray.
  const [title, setTitle] = useState<string>();
  const job = jobs.list.findLast((one) => one.title === title && one.state === 'running');

  async function run(): Promise<void> {
    current.current += 1;
    const mine = current.current;
    const { base, product } = of;
    const { changes, revision } = copy;
    setFailure(undefined);
    try {
      const slices = await slicesOf(product, settings);
      if (slices.length === 0) throw new Error(text.studio.run.nothingStored);
      const name = text.studio.run.title(of.displayName);
      setTitle(name);
      let totals = NOTHING_YET;
      setResult({ totals, revision });
      let risks = 0;
      const done = await jobs.run(
        name,
        slices,
        (book) => {
          const count = book.kind === 'sampled' ? book.count : book.locators.length;
          risks += count;
          return text.studio.run.slice(risks - count + 1, risks);
        },
        async (book) => {
          const slice = await call<DryRunSlice>('POST', '/api/studio/dry-run', { base, changes, product, book });
          totals = added(totals, slice);
          if (current.current === mine) setResult({ totals, revision });
        },
      );
      const [first] = done.failures;
      if (first) throw new Error(first.why);
    } catch (error) {
      if (current.current !== mine) return;
      setFailure(error instanceof Error ? error.message : String(error));
      setResult((before) => (before?.totals.risks ? before : undefined));
    }
  }

  return {
    settings,
    setSettings,
    totals: result?.totals,
    revision: result?.revision,
    job,
    failure,
    start: () => {
      if (!job) void run();
    },
    cancel: () => {
      if (job) jobs.cancel(job.id);
    },
  };
}

async function slicesOf(product: string, { kind, count, seed }: RunSettings): Promise<readonly Book[]> {
  if (kind === 'sampled') return sampledSlices(seed, count);
  const path = `/api/studio/products/${encodeURIComponent(product)}/risks?limit=${count}`;
  return storedSlices((await call<StoredRisk[]>('GET', path)).map(({ locator }) => locator));
}
