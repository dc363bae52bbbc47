import { TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { RefObject } from 'react';
import { useMemo, useState } from 'react';
import type { Changes, FileEntry, Part } from '#core/api/contracts/studio.ts';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { address, go } from '../../app/route.ts';
import { text } from '../../app/text.ts';

interface PartsTreeProps {
  readonly product: string;
  readonly files: readonly FileEntry[];
  readonly changes: Changes;
  readonly diagnostics: readonly Diagnostic[];
  readonly open: string | undefined;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onNewFile: () => void;
}

/** The parts of the product with their files; changed ones and those with findings are marked, in words for who can not see it. */
export function PartsTree({ product, files, changes, diagnostics, open, search, onNewFile }: PartsTreeProps) {
  const [words, setWords] = useState('');
  const groups = useMemo(() => grouped(files, words), [files, words]);
  const worst = useMemo(() => worstByFile(diagnostics), [diagnostics]);
  const saved = useMemo(() => new Set(files.map(({ path }) => path)), [files]);
  return (
    <nav className="studio-parts" aria-label={text.studio.files}>
      <TextInput
        ref={search}
        className="studio-find"
        placeholder={text.studio.findFile}
        aria-label={text.studio.findFile}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          const first = groups[0]?.[1][0];
          if (event.key === 'Enter' && first) go({ screen: 'studio', product, part: first.path });
        }}
      />
      <div className="studio-tree">
        {groups.map(([part, entries]) => (
          <section key={part} aria-labelledby={`part-${part}`}>
            <h2 id={`part-${part}`}>{text.studio.parts[part]}</h2>
            <ul>
              {entries.map((file) => {
                const state =
                  changes[file.path] === null
                    ? text.studio.removed
                    : changes[file.path] === undefined
                      ? undefined
                      : saved.has(file.path) && file.bytes >= 0
                        ? text.studio.changed
                        : text.studio.added;
                const severity = worst.get(file.path);
                return (
                  <li key={file.path}>
                    <a
                      href={address({ screen: 'studio', product, part: file.path })}
                      className={file.level === 1 ? 'studio-file below' : 'studio-file'}
                      aria-current={file.path === open ? 'page' : undefined}
                      title={file.path}
                    >
                      <span className="studio-file-name">{titleOf(file)}</span>
                      {severity === undefined || severity === 'info' ? null : (
                        <span className={`studio-mark ${severity}`}>
                          <span aria-hidden>{severity === 'error' ? '✕' : '!'}</span>
                          <span className="visually-hidden">{text.studio.severities[severity]}</span>
                        </span>
                      )}
                      {state ? (
                        <span className="studio-mark change" title={state}>
                          <span aria-hidden>●</span>
                          <span className="visually-hidden">{state}</span>
                        </span>
                      ) : null}
                    </a>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
      </div>
      <button type="button" className="studio-new" onClick={onNewFile}>
        <IconPlus size={14} aria-hidden /> {text.studio.newFile}
      </button>
    </nav>
  );
}

function titleOf({ title }: FileEntry): string {
  return Object.hasOwn(text.studio.standard, title) ? (text.studio.standard[title] ?? title) : title;
}

function grouped(files: readonly FileEntry[], words: string): readonly (readonly [Part, readonly FileEntry[]])[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<Part, FileEntry[]>();
  for (const file of files) {
    const known = `${titleOf(file)} ${file.path} ${text.studio.parts[file.part]}`.toLowerCase();
    if (wanted.every((word) => known.includes(word))) groups.set(file.part, [...(groups.get(file.part) ?? []), file]);
  }
  return [...groups];
}

function worstByFile(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, Diagnostic['severity']> {
  const order = ['info', 'warning', 'error'] as const;
  const worst = new Map<string, Diagnostic['severity']>();
  for (const { file, severity } of diagnostics)
    if (order.indexOf(severity) > order.indexOf(worst.get(file) ?? 'info')) worst.set(file, severity);
  return worst;
}
