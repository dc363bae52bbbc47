import { Button, Group, Skeleton, Text } from '@mantine/core';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import type { ProductSummary } from '#core/api/contract.ts';
import type { LabWords } from '#core/api/contracts/lab-logic.ts';
import type { ConfigurationVersion, FileEntry } from '#core/api/contracts/studio.ts';
import { useActions } from '../../../app/actions.tsx';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { Problems } from '../../studio/problems.tsx';
import { SaveDialog } from '../../studio/save-dialog.tsx';
import { useChecked } from '../../studio/use-checked.ts';
import { useSavedFile } from '../../studio/use-saved-file.ts';
import { useWorkingCopy } from '../../studio/use-working-copy.ts';
import type { CodePlace } from './code-editor.tsx';
import { LogicFiles } from './logic-files.tsx';
import { LogicResult } from './logic-result.tsx';
import { useWords } from './use-logic-run.ts';

const CodeEditor = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeEditor }));

interface LogicScreenProps {
  readonly product: ProductSummary;
  readonly version: ConfigurationVersion;
  readonly files: readonly FileEntry[];
}

/** Files on the left, the code in the middle with its findings, what it makes of a risk on the right. */
export function LogicScreen({ product, version, files }: LogicScreenProps) {
  const names = text.labLogic;
  const base = version.configVersion;
  const copy = useWorkingCopy({ product: product.name, configVersion: base, commit: version.commit });
  const checked = useChecked({ base, commit: version.commit, product: product.name }, copy);
  const [path, setPath] = useState(
    files.find((file) => file.path.endsWith('.premium.liquid'))?.path ?? files[0]?.path ?? '',
  );
  const [jump, setJump] = useState<CodePlace & { readonly path: string }>();
  const [line, setLine] = useState(1);
  const [saving, setSaving] = useState(false);
  const saved = useSavedFile(base, path);
  const words = useWords(product.name, checked.settled);
  const latestWords = useRef<LabWords>(undefined);
  latestWords.current = words.data;
  const own = useMemo(() => checked.diagnostics.filter(({ file }) => file === path), [checked.diagnostics, path]);
  const change = copy.changes[path];
  const savedText = saved.data?.text ?? undefined;
  const content = change === undefined ? savedText : (change ?? '');
  const dirty = copy.paths.length > 0;
  const errors = checked.diagnostics.filter(({ severity }) => severity === 'error').length;
  const open = (file: string, at: number, column = 1): void => {
    // Worksheets name scripts from their folder, as the configuration does; others are not files of this list.
    if (!files.some((one) => one.path === file)) return;
    setPath(file);
    setLine(at);
    setJump({ path: file, line: at, column });
  };
  useActions(names.title(product.displayName), [
    { label: names.save, keys: 'mod+s', run: () => dirty && setSaving(true) },
    ...(dirty ? [{ label: names.discard, run: () => copy.discard() }] : []),
  ]);
  return (
    <div className="studio logic">
      <Group gap="sm" className="logic-bar">
        <Text size="sm" role="status" className={dirty ? 'studio-dirty' : undefined} c={dirty ? undefined : 'dimmed'}>
          {dirty ? names.changed(copy.paths.length) : names.unchanged}
        </Text>
        {dirty ? (
          <Button variant="subtle" color="gray" onClick={() => copy.discard()}>
            {names.discard}
          </Button>
        ) : null}
        <Button disabled={!dirty} onClick={() => setSaving(true)} aria-keyshortcuts="Control+S Meta+S">
          {names.save}
        </Button>
      </Group>
      {checked.checkFailed ? <Failure error={checked.checkFailed} /> : null}
      <div className="studio-body logic-body">
        <LogicFiles
          files={files}
          changes={copy.changes}
          diagnostics={checked.diagnostics}
          open={path}
          onOpen={setPath}
        />
        <div className="studio-middle">
          <section className="studio-file-pane" aria-label={path}>
            <div className="studio-file-head">
              <code title={path}>{path}</code>
            </div>
            <div className="studio-file-body">
              {content === undefined ? (
                <Skeleton height="100%" />
              ) : (
                <Suspense fallback={<Skeleton height="100%" />}>
                  <CodeEditor
                    key={path}
                    path={path}
                    text={content}
                    diagnostics={own}
                    jump={jump?.path === path ? jump : undefined}
                    words={() => latestWords.current}
                    onChange={(next) => copy.set(path, next, savedText)}
                    onLine={setLine}
                  />
                </Suspense>
              )}
            </div>
          </section>
          <Problems
            diagnostics={checked.diagnostics}
            checking={checked.checking}
            onOpen={(found) => open(found.file, found.line, found.column)}
          />
        </div>
        <LogicResult product={product.name} copy={checked.settled} path={path} line={line} onOpen={open} />
      </div>
      <SaveDialog
        base={base}
        productName={product.displayName}
        copy={copy}
        errors={errors}
        opened={saving}
        onClose={() => setSaving(false)}
      />
    </div>
  );
}
