import { Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { TableSlice } from '#core/api/contracts/studio.ts';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';

const PAGE = 200;
const ROW = 26;

/** A table to be read, however long: only the rows before one's eyes are drawn, and asked for a page at a time. */
export function TableView({ version, path }: { readonly version: number; readonly path: string }) {
  const names = text.studio.table;
  const [typed, setTyped] = useState('');
  const [words] = useDebouncedValue(typed, 200);
  const [total, setTotal] = useState(PAGE);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const first = Math.floor((shown[0]?.index ?? 0) / PAGE);
  const last = Math.floor((shown.at(-1)?.index ?? 0) / PAGE);
  const pages = useQueries({
    queries: Array.from({ length: last - first + 1 }, (_, index) => ({
      queryKey: ['configuration', version, 'table', path, words, first + index],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call<TableSlice>(
          'GET',
          `/api/configurations/${version}/table?path=${encodeURIComponent(path)}&q=${encodeURIComponent(words)}&from=${(first + index) * PAGE}&count=${PAGE}`,
          undefined,
          signal,
        ),
      placeholderData: keepPreviousData,
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  const known = pages.find(({ data }) => data)?.data;
  if (known && known.total !== total) setTotal(known.total);
  const failed = pages.find(({ error }) => error)?.error;
  const columns = known?.columns ?? [];
  return (
    <div className="studio-table">
      <div className="studio-table-head">
        <TextInput
          aria-label={names.search}
          placeholder={names.search}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Text size="xs" c="dimmed" role="status">
          {known ? names.rows(known.total) : ''}
        </Text>
        <Text size="xs" c="dimmed">
          {names.hint}
        </Text>
      </div>
      {failed ? <Failure error={failed} /> : null}
      <section
        ref={scroller}
        className="studio-grid"
        aria-label={known?.name ?? path}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
      >
        <table aria-rowcount={total + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" className="line">
                {names.line}
              </th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Space height={shown[0]?.start ?? 0} />
            {shown.map(({ index }) => {
              const row = pages[Math.floor(index / PAGE) - first]?.data?.rows[index % PAGE];
              return (
                <tr key={index} aria-rowindex={index + 2}>
                  <td className="line">{row?.line ?? ''}</td>
                  {columns.map((column, cell) => (
                    <td key={column}>{row?.cells[cell] ?? ''}</td>
                  ))}
                </tr>
              );
            })}
            <Space height={rows.getTotalSize() - (shown.at(-1)?.end ?? 0)} />
          </tbody>
        </table>
      </section>
      {known?.total === 0 ? (
        <Text size="sm" c="dimmed">
          {names.none}
        </Text>
      ) : null}
    </div>
  );
}

/** The rows that are not drawn. */
function Space({ height }: { readonly height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null;
}
