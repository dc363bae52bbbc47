import './desk.css';
import { Button, Group, Menu, SegmentedControl, Skeleton, Text, Title } from '@mantine/core';
import { useDebouncedValue, useSessionStorage } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { ProductSummary } from '#core/api/contract.ts';
import type { BoardColumn, RiskSummary, Settings } from '#core/api/contracts/desk.ts';
import { useActions } from '../../app/actions.tsx';
import { useJobs } from '../../app/jobs.tsx';
import { address, go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Board } from './board.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { DEFAULT_COLUMNS } from './columns.tsx';
import { exportRisks } from './export-risks.ts';
import { FilterBar } from './filter-bar.tsx';
import { isFiltered, type ListState, listQuery, NEWEST, NO_FILTERS } from './query.ts';
import { RiskList } from './risk-list.tsx';
import { SavedViews } from './saved-views.tsx';
import type { Selection } from './selection.ts';
import { useSetting } from './settings.ts';
import { fetchRisks, RISKS, useProducts } from './use-risks.ts';

type Display = Settings['display'];
const MOST_PINNED = 100;

/** The desk: every risk, as a board by what is to be done next or as a list, found as you type. */
export function Desk() {
  const [display, changeDisplay] = useSetting('display');
  const products = useProducts();
  // Nothing at all on the desk is another thing than nothing that matches.
  const any = useQuery({ queryKey: [RISKS, 'any'], queryFn: ({ signal }) => fetchRisks('', 0, 1, signal) });
  if (!display || !any.data || !products.data)
    return (
      <main className="desk">
        <Title order={1}>{text.desk.title}</Title>
        <Skeleton height="100%" mt="md" />
      </main>
    );
  return (
    <DeskOf
      display={display}
      onDisplay={(change) => void changeDisplay((before) => ({ ...before, ...change }))}
      products={products.data}
      empty={any.data.total === 0}
    />
  );
}

interface DeskOfProps {
  readonly display: Display;
  readonly onDisplay: (change: Partial<Display>) => void;
  readonly products: readonly ProductSummary[];
  readonly empty: boolean;
}

function DeskOf({ display, onDisplay, products, empty }: DeskOfProps) {
  const { mode } = display;
  const columns = display.columns.length > 0 ? display.columns : DEFAULT_COLUMNS;
  const [state, setState] = useSessionStorage<ListState>({
    key: 'fieldwriter.desk',
    defaultValue: { filters: NO_FILTERS, sort: NEWEST },
    getInitialValueInEffect: false,
  });
  const [settled] = useDebouncedValue(state, 60);
  const query = listQuery(settled);
  const [selection, setSelection] = useState<Selection>(new Map());
  const active = useRef<RiskSummary>(undefined);
  const search = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const showSearch = useRef(false);
  const pin = usePin(active);
  const exporting = useExport(columns);
  const switchTo = (next: Display['mode']): void => onDisplay({ mode: next });
  const newQuote = (): void => {
    const [first, ...others] = products;
    if (first && others.length === 0) go({ screen: 'quote', product: first.name });
    else document.querySelector<HTMLElement>('.desk-new')?.click();
  };
  const toColumn = (column: BoardColumn): void => {
    setState(
      column === 'issued'
        ? { filters: { state: ['issued'] }, sort: '-issued' }
        : column === 'expiring'
          ? { filters: { state: ['issued'] }, sort: 'ends' }
          : { filters: { stage: [column] }, sort: NEWEST },
    );
    switchTo('list');
  };
  useActions(text.desk.title, [
    ...(products.length > 0 ? [{ label: text.desk.newQuote, keys: 'n', run: newQuote }] : []),
    {
      label: text.desk.focusSearch,
      keys: '/',
      run: () => {
        if (mode === 'list') return search.current?.focus();
        showSearch.current = true;
        switchTo('list');
      },
    },
    {
      label: mode === 'list' ? text.desk.toBoard : text.desk.toList,
      keys: 'b',
      run: () => switchTo(mode === 'list' ? 'board' : 'list'),
    },
    ...(mode === 'list' ? [{ label: text.desk.keys.pin, keys: 'p', run: pin }] : []),
  ]);
  // Who comes to the desk can walk it at once.
  useEffect(() => {
    if (mode === 'list' && showSearch.current) search.current?.focus();
    else if (document.activeElement === document.body)
      (mode === 'list' ? grid.current : document.querySelector<HTMLElement>('.board-card'))?.focus({
        preventScroll: true,
      });
    showSearch.current = false;
  }, [mode]);

  return (
    <main className="desk">
      <Group gap="sm" className="desk-head">
        <Title order={1}>{text.desk.title}</Title>
        <SegmentedControl
          size="xs"
          aria-label={text.desk.mode}
          value={mode}
          onChange={(next) => switchTo(next === 'board' ? 'board' : 'list')}
          data={[
            { value: 'board', label: text.desk.board },
            { value: 'list', label: text.desk.list },
          ]}
          transitionDuration={0}
        />
        <span className="grow" />
        <NewQuote products={products} />
      </Group>
      {empty ? (
        <Empty products={products} />
      ) : mode === 'board' ? (
        <Board onColumn={toColumn} />
      ) : (
        <div className="desk-body">
          <SavedViews
            shown={{ ...state, columns }}
            onShow={(view) => {
              setState(view ? { filters: view.filters, sort: view.sort } : { filters: NO_FILTERS, sort: NEWEST });
              if (view) onDisplay({ columns: view.columns });
            }}
          />
          <div className="desk-list">
            <FilterBar
              filters={state.filters}
              onFilters={(filters) => setState({ ...state, filters })}
              products={products}
              columns={columns}
              onColumns={(chosen) => onDisplay({ columns: chosen })}
              onExport={() => void exporting.all(query)}
              search={search}
              onDown={() => grid.current?.focus()}
            />
            <BulkBar selection={selection} onSelect={setSelection} onExport={(risks) => void exporting.some(risks)} />
            <RiskList
              query={query}
              sort={state.sort}
              onSort={(sort) => setState({ ...state, sort })}
              columns={columns}
              selection={selection}
              onSelect={setSelection}
              active={active}
              grid={grid}
              nothing={
                isFiltered(state.filters) ? (
                  <div className="empty">
                    <Title order={2}>{text.desk.nothing}</Title>
                    <Text c="dimmed">{text.desk.nothingHint}</Text>
                    <Button variant="default" mt="md" onClick={() => setState({ ...state, filters: NO_FILTERS })}>
                      {text.desk.clear}
                    </Button>
                  </div>
                ) : null
              }
            />
          </div>
        </div>
      )}
    </main>
  );
}

/** Pins the risk that one is at, or takes the pin away; either can be taken back. */
function usePin(active: RefObject<RiskSummary | undefined>): () => void {
  const [pinned, change] = useSetting('pinned');
  const toggle = (locator: string): Promise<void> =>
    change(({ risks }) => ({
      risks: risks.includes(locator)
        ? risks.filter((other) => other !== locator)
        : [locator, ...risks].slice(0, MOST_PINNED),
    }));
  return () => {
    const risk = active.current;
    if (!risk) return;
    const say = pinned?.risks.includes(risk.locator) ? text.desk.pinned.unpinned : text.desk.pinned.done;
    void toggle(risk.locator);
    toast(say(risk.insured || risk.locator), () => void toggle(risk.locator));
  };
}

/** Exports the list or some risks of it, in the job tray. */
function useExport(columns: readonly string[]) {
  const jobs = useJobs();
  return {
    all: (query: string) => exportRisks(jobs, columns, { query }),
    some: (risks: readonly RiskSummary[]) => exportRisks(jobs, columns, { risks }),
  };
}

function NewQuote({ products }: { readonly products: readonly ProductSummary[] }) {
  return (
    <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button className="desk-new" leftSection={<IconPlus size={14} />} disabled={products.length === 0}>
          {text.desk.newQuote}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {products.map(({ name, displayName }) => (
          <Menu.Item key={name} component="a" href={address({ screen: 'quote', product: name })}>
            {displayName}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Empty({ products }: { readonly products: readonly ProductSummary[] }) {
  const [only] = products;
  return (
    <div className="empty">
      <Title order={2}>{text.desk.empty}</Title>
      <Text c="dimmed">{only ? text.desk.emptyHint : text.desk.noProducts}</Text>
      <Button
        component="a"
        href={only ? address({ screen: 'quote', product: only.name }) : address({ screen: 'products' })}
        mt="md"
      >
        {only ? text.desk.newQuoteOf(only.displayName) : text.rail.products}
      </Button>
    </div>
  );
}
