import { ActionIcon, Button, Group, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChartHistogram,
  IconChartLine,
  IconGitCompare,
  IconRowInsertTop,
  IconRowRemove,
  IconSearch,
} from '@tabler/icons-react';
import { useRef, useState, useSyncExternalStore } from 'react';
import { useActions } from '../../../app/actions.tsx';
import { text } from '../../../app/text.ts';
import { BookImpact } from './book-impact.tsx';
import { Conflicts } from './conflicts.tsx';
import { Differences } from './differences.tsx';
import { Exchange } from './exchange.tsx';
import { FactorChart } from './factor-chart.tsx';
import { FindBar } from './find-bar.tsx';
import { FormulaBar } from './formula-bar.tsx';
import { Grid } from './grid.tsx';
import { addRows, dropRows } from './grid-keys.ts';
import { Problems } from './problems.tsx';
import { SaveTable } from './save-table.tsx';
import type { Corner, TableSession } from './session.ts';
import { useFindings } from './use-findings.ts';

const names = text.labTables;

/** What may stand beside the sheet. */
type Pane = 'chart' | 'difference' | 'impact';

interface TableEditorProps {
  readonly product: string;
  readonly session: TableSession;
  /** Opens the version anew, without the edits. */
  readonly onDiscard: () => void;
  /** The edits are a version now. */
  readonly onSaved: () => void;
}

/** One table: its tools, the sheet, and beside it what was found, what differs and what it looks like. */
export function TableEditor({ product, session, onDiscard, onSaved }: TableEditorProps) {
  useSyncExternalStore(session.subscribe, () => session.shown);
  useFindings(session);
  const grid = useRef<HTMLDivElement>(null);
  const [pane, setPane] = useState<Pane>();
  const [finding, setFinding] = useState(false);
  const [saving, setSaving] = useState(false);
  const toggle = (which: Pane): void => setPane((before) => (before === which ? undefined : which));
  const goTo = (to: Corner): void => {
    session.select({ row: Math.max(0, Math.min(session.table.rowCount - 1, to.row)), column: to.column });
    grid.current?.focus({ preventScroll: true });
  };
  const canSave = session.isEdited && session.conflicts.length === 0;
  useActions(names.actions.title, [
    { label: names.actions.save, keys: 'mod+s', run: () => setSaving(true) },
    { label: names.actions.find, keys: 'mod+f', run: () => setFinding(true) },
    { label: names.actions.compare, run: () => toggle('difference') },
    { label: names.actions.chart, run: () => toggle('chart') },
    { label: names.actions.impact, keys: 'mod+i', run: () => toggle('impact') },
  ]);
  const icon = (label: string, Icon: typeof IconSearch, run: () => void, disabled = false, pressed?: boolean) => (
    <Tooltip label={label}>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? undefined : 'gray'}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled}
        onClick={run}
      >
        <Icon size={17} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <section className="table-editor" aria-label={session.info.name}>
      <Group gap={6} className="table-tools">
        <Button onClick={() => setSaving(true)} disabled={!canSave}>
          {names.actions.save}
        </Button>
        {icon(names.actions.undo, IconArrowBackUp, () => session.undo(), !session.canUndo)}
        {icon(names.actions.redo, IconArrowForwardUp, () => session.redo(), !session.canRedo)}
        {icon(names.actions.insert, IconRowInsertTop, () => addRows(session))}
        {icon(names.actions.remove, IconRowRemove, () => dropRows(session), session.table.rowCount === 0)}
        {icon(names.actions.find, IconSearch, () => setFinding((before) => !before), false, finding)}
        {icon(names.actions.compare, IconGitCompare, () => toggle('difference'), false, pane === 'difference')}
        {icon(names.actions.chart, IconChartLine, () => toggle('chart'), false, pane === 'chart')}
        {icon(names.actions.impact, IconChartHistogram, () => toggle('impact'), false, pane === 'impact')}
        <Exchange session={session} />
        {session.isEdited ? (
          <Button variant="subtle" color="gray" onClick={onDiscard}>
            {names.actions.discard}
          </Button>
        ) : null}
        <span className="table-size" role="status">
          {names.rows(session.table.rowCount)}
          {session.isEdited ? ` · ${names.edited}` : ''}
        </span>
      </Group>
      <FormulaBar session={session} onDone={() => grid.current?.focus({ preventScroll: true })} />
      {finding ? (
        <FindBar
          session={session}
          onGo={goTo}
          onClose={() => {
            setFinding(false);
            grid.current?.focus({ preventScroll: true });
          }}
        />
      ) : null}
      <div className={pane || session.conflicts.length > 0 ? 'table-body with-pane' : 'table-body'}>
        <Grid session={session} scroller={grid} />
        {session.conflicts.length > 0 ? (
          <Conflicts session={session} onGo={goTo} />
        ) : pane === 'difference' ? (
          <Differences product={product} session={session} onGo={goTo} />
        ) : pane === 'chart' ? (
          <FactorChart session={session} />
        ) : pane === 'impact' ? (
          <BookImpact product={product} session={session} />
        ) : null}
      </div>
      <Problems session={session} onGo={goTo} />
      <SaveTable session={session} opened={saving} onClose={() => setSaving(false)} onSaved={onSaved} />
    </section>
  );
}
