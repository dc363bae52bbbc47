import { setDiagnostics } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { EditorView } from 'codemirror';
import { useEffect, useRef } from 'react';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { text as words } from '../../app/text.ts';
import { changeBetween, editorSetup, marksOf } from './editor-setup.ts';

/** A place in the open file that somebody wants to see; a new object goes there again. */
export interface Jump {
  readonly line: number;
  readonly column: number;
}
interface EditorProps {
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly jump: Jump | undefined;
  readonly onChange: (text: string) => void;
  /** Taken when the editor is made. */
  readonly extras?: Extension;
}

/** The text of one file; mount it anew for another. */
export function Editor({ path, text, diagnostics, jump, onChange, extras }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const change = useRef(onChange);
  change.current = onChange;
  const first = useRef(text);
  const added = useRef(extras);
  // The editor knows line feeds only: the author's own ends of lines are put back.
  const ends = useRef(text.includes('\r\n') ? '\r\n' : '\n');

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      doc: first.current,
      extensions: editorSetup({
        path,
        text: first.current,
        label: words.studio.editor(path),
        ...(added.current ? { extras: added.current } : {}),
        onChange: (next) => change.current(next.replaceAll('\n', ends.current)),
      }),
    });
    view.current = editor;
    return () => {
      view.current = undefined;
      editor.destroy();
    };
  }, [path]);

  // What came from elsewhere (the list of fields, an undo of all changes) is put in as one small change.
  useEffect(() => {
    const editor = view.current;
    const shown = editor?.state.doc.toString();
    const wanted = text.replaceAll(/\r\n?/g, '\n');
    if (editor && shown !== undefined && shown !== wanted) editor.dispatch({ changes: changeBetween(shown, wanted) });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, marksOf(diagnostics, editor.state.doc)));
  }, [diagnostics]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !jump) return;
    const line = editor.state.doc.line(Math.min(Math.max(1, jump.line), editor.state.doc.lines));
    const anchor = Math.min(line.to, line.from + Math.max(0, jump.column - 1));
    editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    editor.focus();
  }, [jump]);

  return <div ref={host} className="studio-editor" />;
}
