import { Alert, Anchor, Button, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import type { ConfigurationFiles, ConfigurationVersion, FileEntry } from '#core/api/contracts/studio.ts';
import { useActions } from '../../app/actions.tsx';
import { address, go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { DocumentPreview } from './document-preview.tsx';
import { DryRunPanel } from './dry-run-panel.tsx';
import type { Jump } from './editor.tsx';
import { FilePane } from './file-pane.tsx';
import { FormPreview } from './form-preview.tsx';
import { History } from './history.tsx';
import { NewFile } from './new-file.tsx';
import { OlderCopy } from './older-copy.tsx';
import { PartsTree } from './parts-tree.tsx';
import { Problems } from './problems.tsx';
import { SaveDialog } from './save-dialog.tsx';
import { useChecked } from './use-checked.ts';
import { useDryRun } from './use-dry-run.ts';
import { useWorkingCopy } from './use-working-copy.ts';

interface StudioScreenProps {
  readonly product: string;
  readonly file: string | undefined;
  readonly version: ConfigurationVersion;
  readonly versions: readonly ConfigurationVersion[];
  readonly configuration: ConfigurationFiles;
}
type Preview = 'form' | 'document' | 'run';

const PREVIEWS: readonly Preview[] = ['form', 'document', 'run'];

/** Parts on the left, the open file in the middle, what it does on the right, what is wrong below. */
export function StudioScreen({ product, file, version, versions, configuration }: StudioScreenProps) {
  const names = text.studio;
  const base = version.configVersion;
  const displayName = configuration.products.find(({ name }) => name === product)?.displayName ?? product;
  const copy = useWorkingCopy({ product, configVersion: base, commit: version.commit });
  const checked = useChecked({ base, commit: version.commit, product }, copy);
  const run = useDryRun({ base, product, displayName }, copy);
  const [chosen, setChosen] = useState<{ readonly file: string | undefined; readonly preview: Preview }>();
  const [dialog, setDialog] = useState<'save' | 'history' | 'new'>();
  const [jump, setJump] = useState<Jump & { readonly file: string }>();
  const search = useRef<HTMLInputElement>(null);
  const files = useMemo(
    () => filesWith(configuration.files, copy.changes, product),
    [configuration.files, copy.changes, product],
  );
  const open = files.find(({ path }) => path === file);
  const preview = chosen?.file === file ? (chosen?.preview ?? 'form') : previewOf(open);
  const show = (next: Preview): void => setChosen({ file, preview: next });
  const errors = checked.diagnostics.filter(({ severity }) => severity === 'error').length;
  const openAt = (path: string, line: number, column: number): void => {
    setJump({ file: path, line, column });
    go({ screen: 'studio', product, part: path });
  };
  const startRun = (): void => {
    show('run');
    run.start();
  };
  const nextProblem = (): void => {
    const serious = checked.diagnostics.filter(({ severity }) => severity !== 'info');
    const at = serious.findIndex((one) => one.file === jump?.file && one.line === jump?.line);
    const next = serious[(at + 1) % Math.max(1, serious.length)];
    if (next) openAt(next.file, next.line, next.column);
  };
  const dirty = copy.paths.length > 0;
  useActions(names.title(displayName), [
    { label: names.actions.save, keys: 'mod+s', run: () => dirty && setDialog('save') },
    { label: names.actions.run, keys: 'mod+Enter', run: startRun },
    { label: names.actions.nextProblem, keys: 'mod+E', run: nextProblem },
    { label: names.actions.history, keys: 'mod+shift+H', run: () => setDialog('history') },
    { label: names.actions.find, keys: '/', run: () => search.current?.focus() },
    ...PREVIEWS.map((next) => ({ label: names.actions.preview(names.previews[next]), run: () => show(next) })),
    { label: names.newFile, run: () => setDialog('new') },
    { label: names.actions.quote, run: () => go({ screen: 'quote', product }) },
    ...(dirty ? [{ label: names.actions.discard, run: () => copy.discard() }] : []),
  ]);
  // A form that is a moment old is better than none while somebody types.
  const lastForm = useRef(checked.form.data);
  if (checked.form.data) lastForm.current = checked.form.data;
  return (
    <main className="studio">
      <header className="studio-head">
        <Anchor href={address({ screen: 'products' })} size="sm">
          {names.back}
        </Anchor>
        <Title order={1}>{displayName}</Title>
        <Text size="sm" c="dimmed" data-testid="version">
          {names.version(base)}
        </Text>
        <Text size="sm" className={dirty ? 'studio-dirty' : undefined} c={dirty ? undefined : 'dimmed'} role="status">
          {dirty ? names.unsaved(copy.paths.length) : names.unchanged}
        </Text>
        <Group gap={6} className="studio-head-actions">
          {dirty ? (
            <Button variant="subtle" color="gray" onClick={() => copy.discard()}>
              {names.discard.action}
            </Button>
          ) : null}
          <Button variant="default" onClick={() => setDialog('history')}>
            {names.history.action}
          </Button>
          <Button disabled={!dirty} onClick={() => setDialog('save')} aria-keyshortcuts="Control+S Meta+S">
            {names.save.action}
          </Button>
        </Group>
      </header>
      <OlderCopy product={product} version={version} versions={versions} copy={copy} />
      {copy.kept ? null : (
        <Alert color="orange" variant="light" p="xs">
          {names.notKept}
        </Alert>
      )}
      {checked.checkFailed ? <Failure error={checked.checkFailed} /> : null}
      <div className="studio-body">
        <PartsTree
          product={product}
          files={files}
          changes={copy.changes}
          diagnostics={checked.diagnostics}
          open={file}
          search={search}
          onNewFile={() => setDialog('new')}
        />
        <div className="studio-middle">
          <FilePane
            key={file}
            base={base}
            file={open}
            copy={copy}
            diagnostics={checked.diagnostics}
            jump={jump?.file === file ? jump : undefined}
          />
          <Problems
            diagnostics={checked.diagnostics}
            checking={checked.checking}
            onOpen={(found) => openAt(found.file, found.line, found.column)}
          />
        </div>
        <aside className="studio-preview" aria-label={names.preview}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={names.preview}
            value={preview}
            onChange={(next) => show(next as Preview)}
            data={PREVIEWS.map((value) => ({ value, label: names.previews[value] }))}
          />
          {preview === 'form' ? (
            <FormPreview
              form={(checked.form.data ?? lastForm.current)?.form}
              stale={checked.form.error !== null && !checked.form.isFetching}
            />
          ) : null}
          {preview === 'document' ? (
            <DocumentPreview
              product={product}
              copy={checked.settled}
              documents={lastForm.current?.documents}
              file={file}
              onOpen={openAt}
            />
          ) : null}
          {preview === 'run' ? (
            <DryRunPanel
              run={run}
              currency={configuration.currency}
              stale={run.revision !== copy.revision}
              onOpen={openAt}
            />
          ) : null}
        </aside>
      </div>
      <SaveDialog
        base={base}
        productName={displayName}
        copy={copy}
        errors={errors}
        opened={dialog === 'save'}
        onClose={() => setDialog(undefined)}
      />
      <History
        timeZone={configuration.timeZone}
        versions={versions}
        opened={dialog === 'history'}
        onClose={() => setDialog(undefined)}
      />
      <NewFile
        folder={`products/${product}/policy/`}
        opened={dialog === 'new'}
        onClose={() => setDialog(undefined)}
        onCreate={(path) => {
          if (!files.some((one) => one.path === path)) copy.set(path, '', undefined);
          go({ screen: 'studio', product, part: path });
        }}
      />
    </main>
  );
}

/** The files of the product and of all products, with those that the working copy adds. */
function filesWith(
  saved: readonly FileEntry[],
  changes: Readonly<Record<string, string | null>>,
  product: string,
): readonly FileEntry[] {
  const known = new Set(saved.map(({ path }) => path));
  const added = Object.entries(changes).flatMap(([path, content]): readonly FileEntry[] =>
    known.has(path) || content === null
      ? []
      : [
          {
            path,
            part: 'other',
            product,
            title: path.slice(path.lastIndexOf('/') + 1),
            level: 0,
            bytes: -1,
            text: true,
          },
        ],
  );
  return [...saved.filter((file) => file.product === null || file.product === product), ...added];
}

/** What a file is best seen by. */
function previewOf(file: FileEntry | undefined): Preview {
  switch (file?.part) {
    case 'documents':
      return 'document';
    case 'guidelines':
    case 'rating':
    case 'tables':
    case 'plugins':
      return 'run';
    default:
      return 'form';
  }
}
