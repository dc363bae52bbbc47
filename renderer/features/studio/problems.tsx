import { useState } from 'react';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { text } from '../../app/text.ts';

interface ProblemsProps {
  readonly diagnostics: readonly Diagnostic[];
  /** The check is behind what was typed. */
  readonly checking: boolean;
  readonly onOpen: (diagnostic: Diagnostic) => void;
}

/** What the check found, below the editor: one line while there is nothing to say; a click leads to the place. */
export function Problems({ diagnostics, checking, onOpen }: ProblemsProps) {
  const [open, setOpen] = useState(true);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  const shown = diagnostics.filter(({ severity }) => severity !== 'info');
  return (
    <section className="studio-problems" aria-label={text.studio.problems}>
      <button
        type="button"
        className="studio-problems-head"
        aria-expanded={open && shown.length > 0}
        onClick={() => setOpen(!open)}
      >
        <strong>{text.studio.problems}</strong>
        <span role="status">
          {errors + warnings === 0 ? text.studio.noProblems : text.studio.counts(errors, warnings)}
          {checking ? ` · ${text.studio.checking}` : ''}
        </span>
      </button>
      {open && shown.length > 0 ? (
        <ul>
          {sorted(shown).map((found) => (
            <li key={`${found.file}:${found.line}:${found.column}:${found.code}:${found.message}`}>
              <button type="button" className="studio-problem" onClick={() => onOpen(found)}>
                <span className={`studio-severity ${found.severity}`}>{text.studio.severities[found.severity]}</span>
                <span className="studio-problem-text">{found.message}</span>
                <code>{text.studio.problemAt(found.file.slice(found.file.lastIndexOf('/') + 1), found.line)}</code>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

/** Errors first: they are what holds a save up. */
function sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}
