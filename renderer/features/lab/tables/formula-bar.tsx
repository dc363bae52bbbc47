import { useEffect, useState, useSyncExternalStore } from 'react';
import { setCell } from '#core/model/rate-table/block.ts';
import { text } from '../../../app/text.ts';
import { addressText } from './cell-name.ts';
import type { TableSession } from './session.ts';

const names = text.labTables;

/** The text of the active cell, to be edited where it is long; of a derived column its formula. */
export function FormulaBar({ session, onDone }: { readonly session: TableSession; readonly onDone: () => void }) {
  useSyncExternalStore(session.subscribe, () => session.shown);
  const { table, active } = session;
  const value = active.row < table.rowCount ? table.cell(table.idAt(active.row), active.column) : '';
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const name = table.columns[active.column] ?? '';
  const formula = table.schema?.columns?.[name]?.formula;
  const done = (keep: boolean): void => {
    if (keep && active.row < table.rowCount) session.edit(setCell(table, active.row, active.column, typed));
    else setTyped(value);
    onDone();
  };
  return (
    <div className="formula-bar">
      <span className="formula-place">{addressText(session)}</span>
      <input
        aria-label={names.formulaBar}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return;
          event.preventDefault();
          done(event.key === 'Enter');
        }}
        onBlur={() => {
          if (typed !== value && active.row < table.rowCount)
            session.edit(setCell(table, active.row, active.column, typed));
        }}
      />
      {formula === undefined ? null : (
        <span className="formula-text">
          {names.formula}: <code>={formula.replace(/^=/, '')}</code>
        </span>
      )}
    </div>
  );
}
