import type { MouseEvent } from 'react';
import { memo } from 'react';
import type { RiskSummary } from '#core/api/contracts/desk.ts';
import { address } from '../../app/route.ts';
import { type CellContext, COLUMNS } from './columns.tsx';

interface RiskLineProps {
  /** Place in the list, from 0. */
  readonly index: number;
  readonly risk: RiskSummary | undefined;
  readonly columns: readonly string[];
  readonly context: CellContext;
  readonly active: boolean;
  readonly selected: boolean;
  readonly onPick: (index: number, event: MouseEvent) => void;
}

export const rowId = (index: number): string => `risk-row-${index}`;

/**
 * One row of the list: plain elements only, there are thousands of them on their way past. While its risk is on its way the same
 * elements stand there without their text: making others for that time is what scrolling would wait for.
 */
export const RiskLine = memo(function RiskLine({
  index,
  risk,
  columns,
  context,
  active,
  selected,
  onPick,
}: RiskLineProps) {
  const className = `risk-line${active ? ' active' : ''}${selected ? ' selected' : ''}${risk ? '' : ' waiting'}`;
  return (
    <tr
      id={rowId(index)}
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={!risk}
      tabIndex={-1}
      className={className}
      onClick={(event) => onPick(index, event)}
    >
      <td className="risk-check">
        <span className={selected ? 'check checked' : 'check'} aria-hidden />
      </td>
      {COLUMNS.filter(({ id }) => columns.includes(id)).map(({ id, amount, quiet, cell }) => (
        <td key={id} className={amount ? 'amount' : quiet ? 'desk-quiet' : undefined}>
          {id === 'insured' ? (
            <a href={risk && address({ screen: 'policy', locator: risk.locator })} tabIndex={-1}>
              {risk && cell(risk, context)}
            </a>
          ) : (
            risk && cell(risk, context)
          )}
        </td>
      ))}
    </tr>
  );
});
