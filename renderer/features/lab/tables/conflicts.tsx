import { Button, Group } from '@mantine/core';
import type { MergeConflict } from '#core/model/rate-table/merge.ts';
import { text } from '../../../app/text.ts';
import type { Corner, TableSession } from './session.ts';

const names = text.labTables.conflicts;

/** What both changed: chosen one by one, with the cell marked in the sheet. */
export function Conflicts({ session, onGo }: { readonly session: TableSession; readonly onGo: (to: Corner) => void }) {
  const { conflicts } = session;
  return (
    <aside className="table-pane" aria-label={names.title(conflicts.length)}>
      <h2>{names.title(conflicts.length)}</h2>
      <ul>
        {conflicts.slice(0, 200).map((conflict, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the first one goes when it is chosen
          <li key={index}>
            <Conflict conflict={conflict} session={session} onGo={onGo} />
          </li>
        ))}
      </ul>
    </aside>
  );
}

interface ConflictProps {
  readonly conflict: MergeConflict;
  readonly session: TableSession;
  readonly onGo: (to: Corner) => void;
}

function Conflict({ conflict, session, onGo }: ConflictProps) {
  const row = conflict.kind === 'removed-there' ? conflict.after : conflict.row;
  const column = conflict.kind === 'cell' ? conflict.column : 0;
  const [ours, theirs] =
    conflict.kind === 'cell'
      ? [names.ours(conflict.ours), names.theirs(conflict.theirs)]
      : conflict.kind === 'removed-there'
        ? [names.keepRow, names.leaveRow]
        : [names.removeRow, names.takeRow];
  return (
    <>
      <button type="button" className="pane-place" onClick={() => onGo({ row: session.table.positionOf(row), column })}>
        {conflict.key}
        {conflict.kind === 'cell' ? `: ${conflict.columnName}` : ''}
      </button>
      <p>
        {conflict.kind === 'cell'
          ? names.was(conflict.base)
          : conflict.kind === 'removed-there'
            ? names.removedThere
            : names.removedHere}
      </p>
      <Group gap={6}>
        <Button variant="light" onClick={() => session.choose(conflict, 'ours')}>
          {ours}
        </Button>
        <Button variant="default" onClick={() => session.choose(conflict, 'theirs')}>
          {theirs}
        </Button>
      </Group>
    </>
  );
}
