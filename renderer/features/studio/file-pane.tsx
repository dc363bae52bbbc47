import { ActionIcon, Group, SegmentedControl, Skeleton, Text, Title, Tooltip } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { FileEntry } from '#core/api/contracts/studio.ts';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import type { Jump } from './editor.tsx';
import { definesFields } from './field-list.ts';
import { FieldsPanel } from './fields-panel.tsx';
import { TableView } from './table-view.tsx';
import { useSavedFile } from './use-saved-file.ts';
import type { WorkingCopy } from './use-working-copy.ts';

// The editor is the largest part of the studio: who only looks at tables and versions does not wait for it.
const Editor = lazy(async () => ({ default: (await import('./editor.tsx')).Editor }));

interface FilePaneProps {
  readonly base: number;
  readonly file: FileEntry | undefined;
  readonly copy: WorkingCopy;
  readonly diagnostics: readonly Diagnostic[];
  readonly jump: Jump | undefined;
}

/** The open file, by what it is: fields as a list or as text, a table as a grid, text in the editor. */
export function FilePane({ base, file, copy, diagnostics, jump }: FilePaneProps) {
  const names = text.studio;
  const saved = useSavedFile(base, file?.text && file.part !== 'tables' ? file.path : undefined);
  const [asText, setAsText] = useState(false);
  const [jumped, setJumped] = useState<Jump>();
  // Who is led to a line wants to see it, whatever the file was shown as.
  if (jump && jump !== jumped) {
    setJumped(jump);
    setAsText(true);
  }
  const path = file?.path;
  const own = useMemo(() => diagnostics.filter((found) => found.file === path), [diagnostics, path]);
  if (!file)
    return (
      <div className="studio-file-pane">
        <div className="empty">
          <Title order={2}>{names.choose}</Title>
          <Text c="dimmed">{names.chooseHint}</Text>
        </div>
      </div>
    );
  const change = copy.changes[file.path];
  const savedText = saved.data?.text ?? undefined;
  const content = change === undefined ? savedText : change;
  const set = (next: string | null): void => copy.set(file.path, next, savedText);
  const isNew = file.bytes < 0;
  const listed = definesFields(file.path) && content !== undefined && content !== null;
  return (
    <section className="studio-file-pane" aria-label={file.path}>
      <div className="studio-file-head">
        <code title={file.path}>{file.path}</code>
        <Group gap={6} wrap="nowrap">
          {listed ? (
            <SegmentedControl
              size="xs"
              aria-label={names.modes.label}
              value={asText ? 'text' : 'fields'}
              onChange={(mode) => setAsText(mode === 'text')}
              data={[
                { value: 'fields', label: names.modes.fields },
                { value: 'text', label: names.modes.text },
              ]}
            />
          ) : null}
          {change === undefined ? null : (
            <FileAction
              label={change === null ? names.restore : names.revert}
              icon={IconArrowBackUp}
              onClick={() => copy.discard(file.path)}
            />
          )}
          {file.text && file.part !== 'tables' && change !== null && (isNew || savedText !== undefined) ? (
            <FileAction label={names.remove} icon={IconTrash} onClick={() => set(null)} />
          ) : null}
        </Group>
      </div>
      {saved.error ? <Failure error={saved.error} /> : null}
      <div className="studio-file-body">
        {change === null ? (
          <Text size="sm" c="dimmed" p="md">
            {names.removedFile}
          </Text>
        ) : file.part === 'tables' && /\.csv$/i.test(file.path) ? (
          <TableView version={base} path={file.path} />
        ) : !file.text ? (
          <Text size="sm" c="dimmed" p="md">
            {names.binary(sizeOf(file.bytes))}
          </Text>
        ) : content === undefined || content === null ? (
          <Skeleton height="100%" />
        ) : listed && !asText ? (
          <FieldsPanel path={file.path} text={content} onChange={set} />
        ) : (
          <Suspense fallback={<Skeleton height="100%" />}>
            <Editor path={file.path} text={content} diagnostics={own} jump={jump} onChange={set} />
          </Suspense>
        )}
      </div>
    </section>
  );
}

interface FileActionProps {
  readonly label: string;
  readonly icon: Icon;
  readonly onClick: () => void;
}

function FileAction({ label, icon: Sign, onClick }: FileActionProps) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} onClick={onClick}>
        <Sign size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function sizeOf(bytes: number): string {
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: bytes < 1_000_000 ? 'kilobyte' : 'megabyte',
    maximumFractionDigits: 1,
  }).format(bytes / (bytes < 1_000_000 ? 1_000 : 1_000_000));
}
