import { useDebouncedValue } from '@mantine/hooks';
import { type ColumnSort, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { CSSProperties, KeyboardEvent, MouseEvent, ReactNode, RefObject } from 'react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RiskSummary } from '#core/api/contracts/desk.ts';
import { day } from '../../app/format.ts';
import { go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { type CellContext, COLUMNS, columnDefinitions, features } from './columns.tsx';
import { RiskLine, rowId } from './risk-line.tsx';
import { type Selection, toggled, withRange } from './selection.ts';
import { useProductNames, useRiskWindow, useTimeZone } from './use-risks.ts';

const ROW = 30;
/** The head with its line, as the style sheet has it. */
const HEAD = 31;
/** Rows come in bands of so many: only the bands are placed, and each lends its elements to the next that scrolls in. */
const BAND = 10;
const NO_ROWS: RiskSummary[] = [];

interface RiskListProps {
  readonly query: string;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly columns: readonly string[];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  /** The risk that one is at, for keys that act on it. */
  readonly active: RefObject<RiskSummary | undefined>;
  readonly grid: RefObject<HTMLTableElement | null>;
  /** Shown when nothing matches. */
  readonly nothing: ReactNode;
}

/** The list: every risk there is, a window of it at a time, walked by arrows. */
export function RiskList(props: RiskListProps) {
  const { query, sort, onSort, columns, selection, onSelect, grid, nothing } = props;
  const [active, setActive] = useState(0);
  const anchor = useRef(0);
  const scroller = useRef<HTMLDivElement>(null);
  const context = useCellContext();
  const table = useTable({
    features,
    columns: columnDefinitions,
    data: NO_ROWS,
    manualSorting: true,
    enableSortingRemoval: false,
    state: {
      sorting: [sortingOf(sort)],
      columnVisibility: Object.fromEntries(COLUMNS.map(({ id }) => [id, columns.includes(id)])),
    },
    onSortingChange: (to) => {
      const [next] = typeof to === 'function' ? to([sortingOf(sort)]) : to;
      if (next) onSort(`${next.desc ? '-' : ''}${next.id}`);
    },
  });
  const [count, setCount] = useState(0);
  const virtual = useVirtualizer({
    count: Math.ceil(count / BAND),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW * BAND,
    overscan: 0,
  });
  const bands = virtual.getVirtualItems();
  const pool = useRef(1);
  pool.current = Math.max(pool.current, bands.length);
  // What is only passed on the way is not asked for.
  const [range] = useDebouncedValue(
    `${(bands[0]?.index ?? 0) * BAND}-${Math.max(0, Math.min(count, ((bands.at(-1)?.index ?? 0) + 1) * BAND) - 1)}`,
    40,
    { leading: true },
  );
  const [first = 0, last = 0] = range.split('-').map(Number);
  const { total, at, error } = useRiskWindow(query, first, last);
  useEffect(() => setCount(total ?? 0), [total]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at the top
  useEffect(() => {
    setActive(0);
    anchor.current = 0;
    scroller.current?.scrollTo({ top: 0 });
  }, [query]);
  const current = at(active);
  props.active.current = current;

  const walkTo = (index: number): void => {
    const next = Math.max(0, Math.min(count - 1, index));
    setActive(next);
    bringIntoSight(scroller.current, next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    };
    const target = steps[event.key];
    if (target !== undefined) {
      event.preventDefault();
      if (event.shiftKey) onSelect(withRange(selection, anchor.current, Math.max(0, Math.min(count - 1, target)), at));
      else anchor.current = Math.max(0, Math.min(count - 1, target));
      walkTo(target);
    } else if (event.key === ' ' && current) {
      event.preventDefault();
      anchor.current = active;
      onSelect(toggled(selection, current));
    } else if (event.key === 'Enter' && !event.ctrlKey && current) {
      event.preventDefault();
      go({ screen: 'policy', locator: current.locator });
    } else if (event.key === 'Escape' && selection.size > 0) {
      onSelect(new Map());
    }
  };
  const pick = useRef<(index: number, event: MouseEvent) => void>(() => undefined);
  pick.current = (index, event) => {
    const risk = at(index);
    if (!risk || (event.target as Element).closest('a')) return;
    grid.current?.focus({ preventScroll: true });
    setActive(index);
    const box = (event.target as Element).closest('.risk-check') !== null;
    if (event.shiftKey) onSelect(withRange(selection, anchor.current, index, at));
    else if (box || event.ctrlKey || event.metaKey) onSelect(toggled(selection, risk));
    else go({ screen: 'policy', locator: risk.locator });
    if (!event.shiftKey) anchor.current = index;
  };
  const onPick = useCallback((index: number, event: MouseEvent) => pick.current(index, event), []);

  const tracks = useMemo(
    () => ['28px', ...COLUMNS.filter(({ id }) => columns.includes(id)).map(({ width }) => width)].join(' '),
    [columns],
  );
  return (
    <>
      {error ? <Failure error={error} /> : null}
      <div ref={scroller} className="risk-scroll">
        <table
          ref={grid}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table that is walked by keys (WAI-ARIA)
          role="grid"
          aria-label={text.desk.title}
          aria-rowcount={count + 1}
          aria-multiselectable
          aria-activedescendant={count > 0 ? rowId(active) : undefined}
          tabIndex={0}
          className="risk-grid"
          style={{ '--risk-tracks': tracks, height: HEAD + virtual.getTotalSize() } as CSSProperties}
          onKeyDown={onKeyDown}
        >
          <thead className="risk-head-row">
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} aria-rowindex={1} className="risk-line">
                <th scope="col" className="risk-check">
                  <span className="visually-hidden">{text.desk.bulk.title}</span>
                </th>
                {group.headers.map((header) => {
                  const sorted = header.column.getIsSorted();
                  const amount = COLUMNS.find(({ id }) => id === header.column.id)?.amount;
                  return (
                    <th
                      key={header.id}
                      scope="col"
                      className={amount ? 'amount' : undefined}
                      aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
                    >
                      {header.column.getCanSort() ? (
                        <button type="button" tabIndex={-1} onClick={header.column.getToggleSortingHandler()}>
                          <table.FlexRender header={header} />
                          <span aria-hidden>{sorted === 'asc' ? ' ▲' : sorted === 'desc' ? ' ▼' : ''}</span>
                        </button>
                      ) : (
                        <table.FlexRender header={header} />
                      )}
                    </th>
                  );
                })}
              </tr>
            ))}
          </thead>
          {bands.map((band) => (
            <tbody
              key={band.index % pool.current}
              className="risk-rows"
              style={{ transform: `translateY(${band.start}px)` }}
            >
              {placesOf(band.index, count).map((index) => {
                const risk = at(index);
                return (
                  <RiskLine
                    key={index % BAND}
                    index={index}
                    risk={risk}
                    columns={columns}
                    context={context}
                    active={index === active}
                    selected={risk !== undefined && selection.has(risk.locator)}
                    onPick={onPick}
                  />
                );
              })}
            </tbody>
          ))}
        </table>
      </div>
      {total === 0 ? nothing : null}
      <p className="desk-total" role="status">
        {total === undefined ? '' : text.desk.total(total)}
      </p>
    </>
  );
}

function placesOf(band: number, count: number): readonly number[] {
  const first = band * BAND;
  return Array.from({ length: Math.min(BAND, count - first) }, (_, place) => first + place);
}

/** Scrolls no further than it takes to see a whole row under the head that stays. */
function bringIntoSight(scroller: HTMLElement | null, index: number): void {
  if (!scroller) return;
  const top = index * ROW;
  const sight = scroller.clientHeight - HEAD;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + ROW > scroller.scrollTop + sight) scroller.scrollTop = top + ROW - sight;
}

function sortingOf(sort: string): ColumnSort {
  return { id: sort.replace('-', ''), desc: sort.startsWith('-') };
}

/** How cells show products and days; formatters are made once, they cost more than the rows. */
export function useCellContext(): CellContext {
  const names = useProductNames();
  const timeZone = useTimeZone();
  return useMemo(() => {
    const days = new Map<number, string>();
    return {
      product: (name) => names.get(name) ?? name,
      day: (millis) => {
        const known = days.get(millis) ?? day(millis, timeZone);
        days.set(millis, known);
        return known;
      },
    };
  }, [names, timeZone]);
}
