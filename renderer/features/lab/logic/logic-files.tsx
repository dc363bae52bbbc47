import type { Changes, FileEntry } from '#core/api/contracts/studio.ts';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { text } from '../../../app/text.ts';

interface LogicFilesProps {
  readonly files: readonly FileEntry[];
  readonly changes: Changes;
  readonly diagnostics: readonly Diagnostic[];
  readonly open: string;
  readonly onOpen: (path: string) => void;
}

const GROUPS = ['rating', 'guidelines', 'plugins'] as const;

/** The files that price and decide, by what they are; changed ones and those with findings are marked. */
export function LogicFiles({ files, changes, diagnostics, open, onOpen }: LogicFilesProps) {
  const names = text.labLogic;
  return (
    <nav className="studio-tree logic-files" aria-label={names.files}>
      {GROUPS.map((part) => {
        const own = files.filter((file) => file.part === part);
        return own.length === 0 ? null : (
          <section key={part}>
            <h2>{names.groups[part]}</h2>
            <ul>
              {own.map(({ path, title }) => (
                <li key={path}>
                  <button
                    type="button"
                    className="studio-file"
                    title={path}
                    aria-current={path === open ? 'true' : undefined}
                    onClick={() => onOpen(path)}
                  >
                    <span className="studio-file-name">{title}</span>
                    <Mark path={path} changes={changes} diagnostics={diagnostics} />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

function Mark({
  path,
  changes,
  diagnostics,
}: Pick<LogicFilesProps, 'changes' | 'diagnostics'> & { readonly path: string }) {
  const errors = diagnostics.filter(({ file, severity }) => file === path && severity === 'error').length;
  if (errors > 0) return <span className="studio-mark error">{errors}</span>;
  return changes[path] === undefined ? null : <span className="studio-mark change">●</span>;
}
