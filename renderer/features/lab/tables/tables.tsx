import './tables.css';
import { Skeleton, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode, useEffect, useState } from 'react';
import type { ProductSummary } from '#core/api/contract.ts';
import type { LabTable, LabTables } from '#core/api/contracts/lab-tables.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { OpenTable } from './open-table.tsx';
import { useOpenTables } from './open-tables.tsx';

const names = text.labTables;

/** Rate tables of a product: the list on the left, one of them as a sheet on the right. */
export function Tables({ product }: { readonly product: ProductSummary }) {
  const list = useQuery({
    queryKey: ['lab', 'tables', product.name],
    queryFn: () => call<LabTables>('GET', `/api/lab/tables/${encodeURIComponent(product.name)}`),
  });
  const open = useOpenTables();
  const [chosen, setChosen] = useState<string>();
  const [typed, setTyped] = useState('');
  const first =
    list.data?.tables.find((table) => open.get(`${product.name} ${table.path}`)?.isEdited) ?? list.data?.tables[0];
  // What is open stays open, whatever is saved meanwhile.
  useEffect(() => setChosen((before) => before ?? first?.path), [first]);
  if (list.error) return <Failure error={list.error} />;
  if (!list.data) return <Skeleton height="100%" />;
  const { tables, configVersion } = list.data;
  const path = chosen ?? first?.path;
  const table = tables.find((one) => one.path === path);
  const wanted = typed.toLowerCase();
  return (
    <div className="tables">
      <nav className="tables-list" aria-label={names.list}>
        {tables.length > 8 ? (
          <TextInput
            aria-label={names.search}
            placeholder={names.search}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        ) : null}
        <ul>
          {tables
            .filter((one) => one.name.toLowerCase().includes(wanted))
            .map((one) => (
              <li key={one.path}>
                <TableEntry
                  table={one}
                  current={one.path === path}
                  edited={open.get(`${product.name} ${one.path}`)?.isEdited === true}
                  onOpen={() => setChosen(one.path)}
                />
              </li>
            ))}
        </ul>
        {tables.length === 0 ? (
          <Text size="sm" c="dimmed">
            {names.none}
          </Text>
        ) : null}
      </nav>
      {table ? (
        <OpenTable
          key={`${table.path} ${configVersion}`}
          product={product.name}
          info={table}
          configVersion={configVersion}
        />
      ) : null}
    </div>
  );
}

interface TableEntryProps {
  readonly table: LabTable;
  readonly current: boolean;
  readonly edited: boolean;
  readonly onOpen: () => void;
}

function TableEntry({ table, current, edited, onOpen }: TableEntryProps) {
  return (
    <button type="button" className="tables-entry" aria-current={current ? 'true' : undefined} onClick={onOpen}>
      <span className="tables-name">{breakable(table.name)}</span>
      <span className="tables-about">
        {names.rows(table.rows)}
        {table.product === null ? `, ${names.shared}` : ''}
        {edited ? <strong> · {names.edited}</strong> : null}
      </span>
    </button>
  );
}

/** Long names break where their words end. */
function breakable(name: string): ReactNode {
  return name.split(/(?<=[_.-])/).map((word, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: words of one name, in their order
    <Fragment key={index}>
      {word}
      <wbr />
    </Fragment>
  ));
}
