import { Alert, Button, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LabTable } from '#core/api/contracts/lab-tables.ts';
import { text } from '../../../app/text.ts';
import { toast, toastFailure } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import { useOpenTables } from './open-tables.tsx';
import { TableSession } from './session.ts';
import { TableEditor } from './table-editor.tsx';
import { tableText } from './table-text.ts';

const names = text.labTables;

interface OpenTableProps {
  readonly product: string;
  readonly info: LabTable;
  /** The newest version. */
  readonly configVersion: number;
}

/** Opens a table, or goes on with the edits that were left in it; what came meanwhile is merged when one says so. */
export function OpenTable({ product, info, configVersion }: OpenTableProps) {
  const open = useOpenTables();
  const key = `${product} ${info.path}`;
  const [session, setSession] = useState(() => {
    const kept = open.get(key);
    return kept && (kept.isEdited || kept.base === configVersion) ? kept : undefined;
  });
  const keep = (next: TableSession): void => {
    open.set(key, next);
    setSession(next);
  };
  const opening = useQuery({
    queryKey: ['lab', 'table', key, configVersion],
    enabled: session === undefined,
    gcTime: 0,
    queryFn: async () => {
      const made = new TableSession(info, configVersion, await tableText(configVersion, info.path));
      keep(made);
      return null;
    },
  });
  const merge = async (version: number): Promise<void> => {
    if (!session) return;
    try {
      const merged = session.mergedInto(info, version, await tableText(version, info.path));
      keep(merged);
      toast(names.overtaken.merged(merged.conflicts.length));
    } catch (error) {
      toastFailure(error);
    }
  };
  if (opening.error) return <Failure error={opening.error} />;
  if (!session) return <Skeleton height="100%" aria-label={names.opening} />;
  return (
    <div className="tables-open">
      {session.base < configVersion ? (
        <Alert color="orange" variant="light" p="xs" title={names.overtaken.title(configVersion)}>
          <Text size="sm">{names.overtaken.body}</Text>
          <Button variant="light" mt={6} onClick={() => void merge(configVersion)}>
            {names.overtaken.merge(configVersion)}
          </Button>
        </Alert>
      ) : null}
      <TableEditor
        key={`${key} ${session.base}`}
        product={product}
        session={session}
        onSaved={() => void open.delete(key)}
        onDiscard={() => {
          open.delete(key);
          setSession(undefined);
          void opening.refetch();
        }}
      />
    </div>
  );
}
