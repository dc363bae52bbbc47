import './impact.css';
import { Button, Progress, Select, Text, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import type { ImpactResult, ImpactRun } from '#core/api/contracts/lab-impact.ts';
import type { Changes, ConfigurationVersion } from '#core/api/contracts/studio.ts';
import { useActions } from '../../../app/actions.tsx';
import { call } from '../../../app/client.ts';
import { number } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import { keepCopy, readCopy } from '../../studio/copy.ts';
import type { LabPartProps } from '../lab-part-props.ts';
import { unsavedTables, useOpenTables } from '../tables/open-tables.tsx';
import { type BookChoice, BookFields, bookAsked, FIRST_BOOK } from './book-choice.tsx';
import { CellsPanel } from './cells-panel.tsx';
import { Levers } from './levers.tsx';
import { Results } from './results.tsx';
import { type ImpactSettings, type ImpactWork, useImpact } from './use-impact.ts';
import { FIRST_VIEW, type ImpactView, viewQuery } from './view.ts';

const names = text.labImpact;
/** How long nothing is typed before the book is rated with it. */
const LIVE = 150;

/** A whole book before and after a change; cells can be changed beside it, and the picture follows while one types. */
export function ImpactPart({ product }: LabPartProps) {
  const versions = useQuery({
    queryKey: ['versions', product.name],
    queryFn: () =>
      call<ConfigurationVersion[]>('GET', `/api/studio/products/${encodeURIComponent(product.name)}/versions`),
  });
  if (versions.error) return <Failure error={versions.error} />;
  return versions.data ? <Impact product={product} versions={versions.data} /> : null;
}

interface ImpactProps extends LabPartProps {
  readonly versions: readonly ConfigurationVersion[];
}

function Impact({ product, versions }: ImpactProps) {
  const work = useImpact();
  const [newest, earlier] = versions;
  const [after, setAfter] = useState(() => firstAfter(versions));
  const open = useOpenTables();
  // Whoever comes from a sheet with edits wants to see what these do.
  const [scratch, setScratch] = useState<Changes>(() => unsavedTables(open, product.name, after.version));
  const [before, setBefore] = useState(
    (Object.keys(scratch).length > 0 ? after.version : undefined) ??
      earlier?.configVersion ??
      newest?.configVersion ??
      product.configVersion,
  );
  const [choice, choose] = useState<BookChoice>(FIRST_BOOK);
  const [view, setView] = useState(FIRST_VIEW);
  const result = useResult(work.done, view);
  const take = (taken: Changes): void => change({ ...scratch, ...taken });
  const book = useRef<{ readonly of: BookChoice; readonly book: ImpactSettings['book'] }>(undefined);
  const base = versions.find(({ configVersion }) => configVersion === after.version);
  const copied = useMemo(() => (after.copy && base ? readCopy(localStorage, base.commit) : {}), [after, base]);
  const changes = { ...copied, ...scratch };

  const start = useMutation({
    mutationFn: async (more: Changes) => {
      if (book.current?.of !== choice) {
        const asked = await bookAsked(choice);
        if (!asked) throw new Error(names.bookFile);
        book.current = { of: choice, book: asked };
      }
      const changed = { ...copied, ...more };
      work.start({
        product: product.name,
        before: { version: before },
        after: { version: after.version, ...(Object.keys(changed).length > 0 ? { changes: changed } : {}) },
        book: book.current.book,
      });
    },
  });
  const live = useDebouncedCallback((more: Changes) => start.mutate(more), LIVE);
  /** Also before the first run: whoever changes a cell wants to see what it does. */
  const change = (more: Changes): void => {
    setScratch(more);
    live(more);
  };
  const running = work.run && !['done', 'failed', 'cancelled'].includes(work.run.state) ? work.run : undefined;
  const keep = (): void => {
    if (!base) return;
    keepCopy(localStorage, { product: product.name, configVersion: base.configVersion, commit: base.commit, changes });
    setAfter({ version: base.configVersion, copy: true });
    setScratch({});
    toast(names.kept);
  };
  useActions(text.lab.parts.impact, [
    { label: names.start, keys: 'mod+enter', run: () => start.mutate(scratch) },
    ...(running ? [{ label: names.cancel, run: work.cancel }] : []),
  ]);
  return (
    <div className="impact">
      <form
        className="impact-bar"
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate(scratch);
        }}
      >
        <Select
          label={names.before}
          w={172}
          allowDeselect={false}
          value={String(before)}
          onChange={(value) => setBefore(Number(value))}
          data={versions.map(({ configVersion }) => ({
            value: String(configVersion),
            label: configVersion === newest?.configVersion ? names.newest(configVersion) : names.version(configVersion),
          }))}
        />
        <Select
          label={names.after}
          w={230}
          allowDeselect={false}
          value={`${after.version}${after.copy ? ' copy' : ''}`}
          onChange={(value) => {
            setAfter({ version: Number.parseInt(value ?? '', 10), copy: value?.endsWith('copy') === true });
            setScratch({});
          }}
          data={afterChoices(versions)}
        />
        <BookFields value={choice} onChange={choose} />
        {running ? (
          <Button variant="default" onClick={work.cancel}>
            {names.cancel}
          </Button>
        ) : (
          <Button type="submit" loading={start.isPending}>
            {names.start}
          </Button>
        )}
      </form>
      <Running work={work} />
      {(start.error ?? work.failure) ? <Failure error={start.error ?? work.failure ?? new Error()} /> : null}
      <div className="impact-body">
        <div className="impact-side">
          <CellsPanel
            product={product.name}
            version={after.version}
            changes={changes}
            dirty={Object.keys(scratch).length > 0}
            onChange={(path, content) => change({ ...scratch, [path]: content })}
            onReset={() => change({})}
            onKeep={keep}
          />
          {work.done && result.data ? (
            <Levers
              run={work.done.id}
              version={after.version}
              result={result.data}
              view={view}
              setView={setView}
              onTake={take}
            />
          ) : null}
        </div>
        {work.done ? (
          <Results
            run={work.done.id}
            product={product}
            result={result}
            view={view}
            setView={setView}
            stale={running !== undefined}
          />
        ) : (
          <div className="empty">
            <Title order={2}>{names.emptyTitle}</Title>
            <Text c="dimmed">{names.empty}</Text>
          </div>
        )}
      </div>
    </div>
  );
}

/** The result of a run as it is cut up; the one before stays until it is there. */
function useResult(run: ImpactRun | undefined, view: ImpactView) {
  return useQuery({
    queryKey: ['impact', run?.id, view],
    queryFn: ({ signal }) =>
      call<ImpactResult>('GET', `/api/lab/impact/runs/${run?.id}/result?${viewQuery(view)}`, undefined, signal),
    enabled: run !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a run is at; its place is kept, so that nothing jumps while one types. */
function Running({ work: { run } }: { readonly work: ImpactWork }) {
  if (!run) return <div className="impact-progress" />;
  const { state, done, total, milliseconds } = run;
  const over = state === 'done' || state === 'failed' || state === 'cancelled';
  const share = over ? 100 : total > 0 ? (done / total) * 50 + (state === 'after' ? 50 : 0) : 0;
  return (
    <div className="impact-progress" data-testid="progress" data-state={state}>
      <Progress value={share} size="sm" aria-label={names.phase[state]} color={state === 'failed' ? 'red' : 'field'} />
      <Text size="xs" c="dimmed" role="status">
        {names.phase[state]}
        {over ? '' : ` · ${names.progress(number(String(done)), total > 0 ? number(String(total)) : '…')}`}
        {` · ${names.took(number((milliseconds / 1_000).toFixed(1)))}`}
      </Text>
    </div>
  );
}

interface After {
  readonly version: number;
  /** With the changes that the studio keeps for it. */
  readonly copy: boolean;
}

/** Work in progress first: it is what somebody wants to know about. */
function firstAfter(versions: readonly ConfigurationVersion[]): After {
  const worked = versions.find(({ commit }) => Object.keys(readCopy(localStorage, commit)).length > 0);
  return { version: worked?.configVersion ?? versions[0]?.configVersion ?? 1, copy: worked !== undefined };
}

function afterChoices(versions: readonly ConfigurationVersion[]) {
  return versions.flatMap(({ configVersion, commit }, at) => {
    const files = Object.keys(readCopy(localStorage, commit)).length;
    const version = {
      value: String(configVersion),
      label: at === 0 ? names.newest(configVersion) : names.version(configVersion),
    };
    return files > 0
      ? [{ value: `${configVersion} copy`, label: names.copy(configVersion, files) }, version]
      : [version];
  });
}
