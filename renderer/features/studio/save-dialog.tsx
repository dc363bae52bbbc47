import { Alert } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment } from '#core/api/contract.ts';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { toastFailure } from '../../app/toast.tsx';
import { SaveVersion } from '../../components/save-version.tsx';
import { DiffView } from './diff-view.tsx';
import { useSavedFile } from './use-saved-file.ts';
import type { WorkingCopy } from './use-working-copy.ts';

interface SaveDialogProps {
  readonly base: number;
  readonly productName: string;
  readonly copy: WorkingCopy;
  readonly errors: number;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** What changed, in lines, before it becomes a version that new quotes use. */
export function SaveDialog({ base, productName, copy, errors, opened, onClose }: SaveDialogProps) {
  const names = text.studio.save;
  const queries = useQueryClient();
  return (
    <SaveVersion
      opened={opened}
      onClose={onClose}
      title={names.title}
      size="xl"
      effect={names.effect(productName, base)}
      names={names}
      refusal={
        errors > 0 ? (
          <Alert color="red" variant="light" p="xs" my="sm">
            {names.errors(errors)}
          </Alert>
        ) : null
      }
      blocked={errors > 0}
      save={(message) => call<Deployment>('POST', '/api/studio/save', { base, changes: copy.changes, message })}
      onSaved={() => copy.replace({})}
      // The screen goes to the newest version and offers these changes there.
      onOvertaken={(error) => {
        toastFailure(error);
        void queries.invalidateQueries({ queryKey: ['studio', 'versions'] });
      }}
      below={copy.paths.map((path) => (
        <ChangedFile
          key={path}
          base={base}
          path={path}
          now={copy.changes[path] ?? null}
          open={copy.paths.length === 1}
        />
      ))}
    />
  );
}

interface ChangedFileProps {
  readonly base: number;
  readonly path: string;
  readonly now: string | null;
  readonly open: boolean;
}

function ChangedFile({ base, path, now, open }: ChangedFileProps) {
  const [opened, setOpened] = useState(open);
  const saved = useSavedFile(base, opened ? path : undefined);
  const kinds = text.studio.history.kinds;
  return (
    <details className="studio-changed-file" open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>
        <code>{path}</code> <span>{now === null ? kinds.removed : kinds.changed}</span>
      </summary>
      {opened && !saved.isPending ? (
        <DiffView before={saved.data?.text ?? ''} after={now ?? ''} label={text.studio.history.compare(path)} />
      ) : null}
    </details>
  );
}
