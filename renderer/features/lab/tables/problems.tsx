import { Text } from '@mantine/core';
import { text } from '../../../app/text.ts';
import type { Corner, TableSession } from './session.ts';

const names = text.labTables.problems;
/** More lines than this nobody reads at once. */
const MOST_SHOWN = 300;

/** What the checks say, each a way to its cell. */
export function Problems({ session, onGo }: { readonly session: TableSession; readonly onGo: (to: Corner) => void }) {
  const { findings, table } = session;
  return (
    <section className="table-problems" aria-label={names.title}>
      <h2>
        {names.title}
        <span className="count">{findings.length === 0 ? names.none : names.count(findings.length)}</span>
      </h2>
      {findings.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        <ul tabIndex={0} aria-label={names.title}>
          {findings.slice(0, MOST_SHOWN).map((finding, index) => {
            const position = finding.row === undefined ? -1 : table.positionOf(finding.row);
            const column = finding.column === undefined ? '' : (table.columns[finding.column] ?? '');
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: findings have no name of their own
              <li key={index}>
                <button
                  type="button"
                  disabled={position < 0}
                  onClick={() => onGo({ row: position, column: finding.column ?? 0 })}
                >
                  <span className={`severity ${finding.severity}`}>{names.severity[finding.severity]}</span>
                  <span>{finding.message}</span>
                  <Text span size="xs" c="dimmed">
                    {position < 0 ? '' : names.place(position + 1, column)}
                  </Text>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
