import type { MouseEvent } from 'react';
import { memo } from 'react';
import type { RiskSummary } from '#core/api/contracts/desk.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { type CellContext, COLUMNS } from './columns.tsx';

interface RiskLineProps {
  /** Place in the list, from 0. */
  readonly index: number;
  readonly risk: RiskSummary | undefined;
  readonly columns: readonly string[];
  readonly context: CellContext;
  readonly active: boolean;
  readonly selected: boolean;
  readonly top: number;
  readonly onPick: (index: number, event: MouseEvent) => void;
}

export const rowId = (index: number): string => `risk-row-${index}`;

/** One row of the list: plain elements only, there are thousands of them on their way past. */
export const RiskLine = memo(function RiskLine({
  index,
  risk,
  columns,
  context,
  active,
  selected,
  top,
  onPick,
}: RiskLineProps) {
  const className = `risk-line${active ? ' active' : ''}${selected ? ' selected' : ''}`;
  return (
    <tr
      id={rowId(index)}
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={-1}
      className={className}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onPick(index, event)}
    >
      <td className="risk-check">
        <span className={selected ? 'check checked' : 'check'} aria-hidden />
      </td>
      {COLUMNS.filter(({ id }) => columns.includes(id)).map(({ id, amount, cell }) => (
        <td key={id} className={amount ? 'amount' : undefined}>
          {risk ? (
            id === 'insured' ? (
              <a href={address({ screen: 'policy', locator: risk.locator })} tabIndex={-1}>
                {cell(risk, context)}
              </a>
            ) : (
              cell(risk, context)
            )
          ) : id === 'insured' ? (
            <span className="bone">
              <span className="visually-hidden">{text.desk.loading}</span>
            </span>
          ) : (
            <span className="bone" aria-hidden />
          )}
        </td>
      ))}
    </tr>
  );
});
