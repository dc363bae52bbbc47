import type { ReactNode } from 'react';
import { text } from '../../app/text.ts';
import type { ComparedRow, ComparedSection, QuoteColumn } from './compare.ts';

interface ComparisonTableProps {
  readonly columns: readonly QuoteColumn[];
  readonly sections: readonly ComparedSection[];
  readonly base: QuoteColumn | undefined;
  readonly head: (column: QuoteColumn) => ReactNode;
}

/** A row for everything that is compared, a column for each quote; what differs from the base is marked and said. */
export function ComparisonTable({ columns, sections, base, head }: ComparisonTableProps) {
  return (
    // A wide table is scrolled with the keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section className="quotes-scroll" tabIndex={0} aria-label={text.quotes.title}>
      <table className="quotes-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{text.quotes.item}</span>
            </th>
            {columns.map((column) => (
              <th key={column.locator} scope="col" data-base={column === base}>
                {head(column)}
              </th>
            ))}
          </tr>
        </thead>
        {sections.map((section) => (
          <tbody key={section.key}>
            <tr className="quotes-section">
              <th scope="rowgroup" colSpan={columns.length + 1}>
                <span>{section.title}</span>
              </th>
            </tr>
            {section.rows.map((row) => (
              <Row key={row.key} row={row} columns={columns} base={base} />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

interface RowProps {
  readonly row: ComparedRow;
  readonly columns: readonly QuoteColumn[];
  readonly base: QuoteColumn | undefined;
}

function Row({ row, columns, base }: RowProps) {
  return (
    <tr className={`quotes-${row.kind}`}>
      <th scope="row">{row.label}</th>
      {columns.map((column, i) => {
        const apart = row.apart[i] === true;
        return (
          <td key={column.locator} className={apart ? 'apart' : ''} data-base={column === base}>
            {apart ? (
              <>
                <span className="apart-mark" aria-hidden>
                  ≠
                </span>
                <span className="visually-hidden">{text.quotes.differs(base?.name ?? '')} </span>
              </>
            ) : null}
            <span>{row.cells[i] || '–'}</span>
          </td>
        );
      })}
    </tr>
  );
}
