import { ActionIcon, Alert, Group, NumberInput, SegmentedControl, Select, Skeleton, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { LabLogicRun, LabRisk } from '#core/api/contracts/lab-logic.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { change, money } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { type WorksheetPlaces, WorksheetPlacesContext, WorksheetTree } from '../../risk/worksheet-tree.tsx';
import type { SettledCopy } from '../../studio/use-checked.ts';
import { useLogicRun, useStoredRisks } from './use-logic-run.ts';

interface LogicResultProps {
  readonly product: string;
  readonly copy: SettledCopy;
  /** The open file and the line that the cursor is in. */
  readonly path: string;
  readonly line: number;
  readonly onOpen: (file: string, line: number) => void;
}

/** What the logic makes of a chosen risk as it is typed: total, decision, and the worksheet whose lines lead to the code. */
export function LogicResult({ product, copy, path, line, onOpen }: LogicResultProps) {
  const names = text.labLogic;
  const [kind, setKind] = useState<LabRisk['kind']>('sampled');
  const [index, setIndex] = useState(0);
  const [locator, setLocator] = useState<string>();
  const stored = useStoredRisks(product);
  const risks = stored.data ?? [];
  const chosen = locator ?? risks[0]?.locator;
  const risk = useMemo<LabRisk | undefined>(() => {
    if (kind === 'sampled') return { kind, seed: 'logic', index };
    return chosen === undefined ? undefined : { kind, locator: chosen };
  }, [kind, index, chosen]);
  const { now, saved } = useLogicRun(product, copy, risk);
  const run = now.data;
  const steps = useMemo(() => run?.worksheets.flatMap((sheet) => sheet.steps) ?? [], [run]);
  const places = useMemo<WorksheetPlaces>(
    () => ({ open: onOpen, isMarked: (file, at) => file === path && at === line }),
    [onOpen, path, line],
  );
  return (
    <aside className="studio-preview logic-result" aria-label={names.run}>
      <Group gap="xs" align="end" wrap="nowrap">
        <SegmentedControl
          size="xs"
          aria-label={names.risk}
          value={kind}
          onChange={(next) => setKind(next === 'stored' ? 'stored' : 'sampled')}
          data={[
            { value: 'sampled', label: names.sampled },
            { value: 'stored', label: names.stored },
          ]}
        />
        {kind === 'sampled' ? (
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              variant="default"
              size={28}
              aria-label={names.previous}
              disabled={index === 0}
              onClick={() => setIndex(index - 1)}
            >
              <IconChevronLeft size={16} />
            </ActionIcon>
            <NumberInput
              size="xs"
              w={72}
              aria-label={names.number}
              min={1}
              max={10_000}
              hideControls
              value={index + 1}
              onChange={(value) => setIndex(Math.max(0, Math.min(9_999, (Number(value) || 1) - 1)))}
            />
            <ActionIcon variant="default" size={28} aria-label={names.next} onClick={() => setIndex(index + 1)}>
              <IconChevronRight size={16} />
            </ActionIcon>
          </Group>
        ) : (
          <Select
            size="xs"
            aria-label={names.policy}
            value={chosen ?? null}
            data={risks.map(({ locator: value, label }) => ({ value, label }))}
            onChange={(value) => setLocator(value ?? undefined)}
            allowDeselect={false}
            searchable
            flex={1}
          />
        )}
      </Group>
      {kind === 'stored' && stored.data && risks.length === 0 ? (
        <Text size="sm" c="dimmed">
          {names.nothingStored}
        </Text>
      ) : null}
      {now.error ? <Failure error={now.error} /> : null}
      {now.isPending && risk && !now.error ? <Skeleton height={200} /> : null}
      {run && !now.error ? (
        <>
          <Outcome run={run} saved={saved.data} busy={now.isFetching} />
          <Text size="xs" c="dimmed" role="status" data-testid="line-steps">
            {names.lineSteps(countAt(steps, path, line), path.slice(path.lastIndexOf('/') + 1), line)}
          </Text>
          <WorksheetPlacesContext value={places}>
            <WorksheetTree title={names.worksheet} steps={steps} opened />
          </WorksheetPlacesContext>
        </>
      ) : null}
    </aside>
  );
}

interface OutcomeProps {
  readonly run: LabLogicRun;
  readonly saved: LabLogicRun | undefined;
  readonly busy: boolean;
}

function Outcome({ run, saved, busy }: OutcomeProps) {
  const names = text.labLogic;
  const { price, problem } = run;
  const before = saved?.price;
  return (
    <div className={busy ? 'logic-outcome stale' : 'logic-outcome'} aria-live="polite">
      <div className="logic-total">
        <span>{names.total}</span>
        <strong data-testid="logic-total">{price ? money(price.total, price.currency) : names.notPriced}</strong>
        {price && before && before.total !== price.total ? (
          <span className="logic-before">
            {money(before.total, before.currency)} {names.before}
            {` (${change(new Decimal(price.total).minus(before.total).toFixed(), price.currency)})`}
          </span>
        ) : null}
      </div>
      {run.decision === undefined ? null : (
        <Text size="sm">
          {names.decision}: {names.decisions[run.decision]}
          {run.notes.length > 0 ? ` · ${run.notes.join(' · ')}` : ''}
        </Text>
      )}
      {problem ? (
        <Alert color="red" variant="light" p="xs" role="alert">
          {problem.detail}
        </Alert>
      ) : null}
    </div>
  );
}

function countAt(steps: readonly WorksheetStep[], file: string, line: number): number {
  return steps.reduce((count, step) => {
    const own = step.place?.file === file && step.place.line === line ? 1 : 0;
    return count + own + (step.kind === 'section' ? countAt(step.steps, file, line) : 0);
  }, 0);
}
