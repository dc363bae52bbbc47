import { columnVisibilityFeature, createColumnHelper, rowSortingFeature, tableFeatures } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { RiskSummary } from '#core/api/contracts/desk.ts';
import { money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import type { CsvColumn } from './csv.ts';

/** What a cell needs besides its risk. */
export interface CellContext {
  readonly product: (name: string) => string;
  readonly day: (millis: number) => string;
}
interface Column {
  readonly id: keyof typeof text.desk.columns;
  /** A track of the grid. */
  readonly width: string;
  readonly amount?: true;
  /** Less important than its neighbours. */
  readonly quiet?: true;
  /** The order of the API, where there is one. */
  readonly sortable: boolean;
  readonly cell: (risk: RiskSummary, context: CellContext) => ReactNode;
  readonly csv: (risk: RiskSummary) => string;
}

const iso = (millis: number): string => new Date(millis).toISOString().slice(0, 10);

/** Every column that the list can show, in its order. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'insured',
    width: 'minmax(120px, 1.4fr)',
    sortable: true,
    cell: ({ insured }) => insured || <span className="desk-quiet">{text.desk.unnamed}</span>,
    csv: ({ insured }) => insured,
  },
  {
    id: 'items',
    width: 'minmax(60px, 1.2fr)',
    quiet: true,
    sortable: false,
    cell: ({ items }) => items,
    csv: ({ items }) => items,
  },
  {
    id: 'product',
    width: 'minmax(90px, 0.9fr)',
    sortable: true,
    cell: ({ productName }, { product }) => product(productName),
    csv: ({ productName }) => productName,
  },
  {
    id: 'stage',
    width: '128px',
    sortable: true,
    cell: ({ stage }) => <StageTag stage={stage} />,
    csv: ({ stage }) => stage,
  },
  {
    id: 'decision',
    width: '64px',
    sortable: false,
    cell: ({ decision }) => (decision ? text.desk.decisions[decision] : '–'),
    csv: ({ decision }) => decision ?? '',
  },
  {
    id: 'starts',
    width: '94px',
    sortable: true,
    cell: ({ start }, { day }) => day(start),
    csv: ({ start }) => iso(start),
  },
  {
    id: 'ends',
    width: '94px',
    sortable: true,
    cell: ({ end }, { day }) => day(end),
    csv: ({ end }) => iso(end),
  },
  {
    id: 'premium',
    width: '94px',
    amount: true,
    sortable: true,
    cell: ({ premium, currency }) => money(premium, currency),
    csv: ({ premium }) => premium ?? '',
  },
  {
    id: 'number',
    width: '92px',
    amount: true,
    sortable: true,
    cell: ({ policyNumber }) => policyNumber ?? '–',
    csv: ({ policyNumber, locator }) => policyNumber ?? locator,
  },
  {
    id: 'updated',
    width: '94px',
    quiet: true,
    sortable: true,
    cell: ({ updated }, { day }) => day(updated),
    csv: ({ updated }) => new Date(updated).toISOString(),
  },
];
/** What is shown until somebody chooses. */
export const DEFAULT_COLUMNS: readonly string[] = [
  'insured',
  'items',
  'product',
  'stage',
  'starts',
  'premium',
  'number',
  'updated',
];

export const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature });
const helper = createColumnHelper<typeof features, RiskSummary>();
/** The same for the table, which keeps order and visibility. */
export const columnDefinitions = helper.columns(
  COLUMNS.map(({ id, sortable, amount, csv }) =>
    helper.accessor(csv, {
      id,
      header: text.desk.columns[id],
      enableSorting: sortable,
      enableHiding: id !== 'insured',
      sortDescFirst: amount === true || id === 'updated',
    }),
  ),
);

/** Columns as they are exported: those in sight, and the currency that the screen shows beside the amount. */
export function csvColumns(visible: readonly string[]): readonly CsvColumn[] {
  return COLUMNS.filter(({ id }) => visible.includes(id)).flatMap(({ id, csv }): CsvColumn[] => [
    { title: text.desk.columns[id], cell: csv },
    ...(id === 'premium' ? [{ title: 'Currency', cell: ({ currency }: RiskSummary) => currency }] : []),
  ]);
}

/** The stage as a word with its colour. */
export function StageTag({ stage }: { readonly stage: RiskSummary['stage'] }) {
  return <span className={`stage stage-${stage}`}>{text.desk.stages[stage] ?? titled(stage)}</span>;
}
