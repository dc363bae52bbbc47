import { EditorView } from 'codemirror';
import { useRef } from 'react';
import type { LabWords } from '#core/api/contracts/lab-logic.ts';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { Editor, type Jump } from '../../studio/editor.tsx';
import { completion } from './words.ts';

export type CodePlace = Jump;

interface CodeEditorProps {
  readonly path: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly jump: Jump | undefined;
  readonly words: () => LabWords | undefined;
  readonly onChange: (text: string) => void;
  /** Hears of the line that the cursor is in. */
  readonly onLine: (line: number) => void;
}

/** The studio's editor with completion of what this product knows; mount it anew for another file. */
export function CodeEditor({ path, words, onLine, ...rest }: CodeEditorProps) {
  const extras = useRef([
    completion(path, words),
    EditorView.updateListener.of(({ selectionSet, docChanged, state }) => {
      if (selectionSet || docChanged) onLine(state.doc.lineAt(state.selection.main.head).number);
    }),
  ]);
  return <Editor path={path} extras={extras.current} {...rest} />;
}
