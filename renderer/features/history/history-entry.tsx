import { Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import type { FieldChange, PolicyHistoryEntry, RecordChange } from '#core/api/contracts/history.ts';
import { moment } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { authorWords, type Notation, pathWords, recordWords, sentence, valueWords } from './words.ts';

/** A first version that says more than this is folded: everything in it is new. */
const MOST_ENTERED = 4;

/** One command: what it was, by whom, when, and what it changed. */
export function HistoryEntry({ entry, notation }: { readonly entry: PolicyHistoryEntry; readonly notation: Notation }) {
  const told = entry.records.filter(({ changes }) => changes.length > 0);
  return (
    <li className="history-entry">
      <div className="history-head">
        <strong>{sentence(entry)}</strong>
        <Text span size="xs" c="dimmed">
          {authorWords(entry)} · {moment(entry.at, notation.timeZone)}
          {entry.configVersion === undefined ? '' : ` · ${text.history.version(entry.configVersion)}`}
        </Text>
      </div>
      {entry.erased ? (
        <Text size="xs" c="dimmed" title={text.history.erasedHint}>
          {text.history.erased}
        </Text>
      ) : null}
      {told.map((record) => (
        <RecordChanges key={`${record.type} ${record.locator}`} record={record} notation={notation} />
      ))}
    </li>
  );
}

function RecordChanges({ record, notation }: { readonly record: RecordChange; readonly notation: Notation }) {
  const lines = <Lines changes={record.changes} notation={notation} label={recordWords(record)} />;
  if (record.what !== 'created' || record.changes.length <= MOST_ENTERED)
    return (
      <>
        <p className="history-record">{recordWords(record)}</p>
        {lines}
      </>
    );
  return (
    <details className="history-more">
      <summary>
        {recordWords(record)} · {text.history.entered(record.changes.length)}
      </summary>
      {lines}
    </details>
  );
}

interface LinesProps {
  readonly changes: readonly FieldChange[];
  readonly notation: Notation;
  readonly label: string;
}

function Lines({ changes, notation, label }: LinesProps) {
  return (
    <table className="history-changes" aria-label={label}>
      <thead className="visually-hidden">
        <tr>
          <th>{text.history.field}</th>
          <th>{text.history.before}</th>
          <th>{text.history.after}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => {
          const before = valueWords(change.before, change, notation);
          const after = valueWords(change.after, change, notation);
          const path = pathWords(change.path);
          return (
            <tr key={`${path} ${change.before} ${change.after}`}>
              <th scope="row">{path}</th>
              <td>{before === '' ? <span className="history-nothing">–</span> : <del>{before}</del>}</td>
              <td className="history-after">
                <IconArrowRight size={12} aria-hidden className="history-arrow" />
                {after === '' ? <span className="history-nothing">–</span> : <ins>{after}</ins>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
