import { Alert, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { ConfigurationVersion, FileChange } from '#core/api/contracts/studio.ts';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { toast, toastFailure } from '../../app/toast.tsx';
import { keepCopy, olderCopy } from './copy.ts';
import type { WorkingCopy } from './use-working-copy.ts';

interface OlderCopyProps {
  readonly product: string;
  readonly version: ConfigurationVersion;
  readonly versions: readonly ConfigurationVersion[];
  readonly copy: WorkingCopy;
}

/** Unsaved changes to a version that was overtaken: nobody loses them, and nobody saves them over what came since. */
export function OlderCopy({ product, version, versions, copy }: OlderCopyProps) {
  const names = text.studio.older;
  const [older, setOlder] = useState(() =>
    olderCopy(
      localStorage,
      product,
      versions.slice(1).map(({ commit }) => commit),
    ),
  );
  const [both, setBoth] = useState<readonly string[]>([]);
  const forget = (): void => {
    if (older) keepCopy(localStorage, { ...older, changes: {} });
    setOlder(undefined);
  };
  const discard = (): void => {
    const before = older;
    forget();
    if (before)
      toast(text.studio.discard.done(Object.keys(before.changes).length), () => {
        keepCopy(localStorage, before);
        setOlder(before);
      });
  };
  const take = async (): Promise<void> => {
    if (!older) return;
    try {
      const since = await call<FileChange[]>(
        'GET',
        `/api/configurations/${version.configVersion}/changes?since=${older.configVersion}`,
      );
      const theirs = new Set(since.map(({ path }) => path));
      copy.replace({ ...copy.changes, ...older.changes });
      setBoth(Object.keys(older.changes).filter((path) => theirs.has(path)));
      toast(names.taken);
      forget();
    } catch (error) {
      toastFailure(error);
    }
  };
  if (older)
    return (
      <Alert color="orange" variant="light" p="xs" title={names.title(older.configVersion)}>
        <Text size="sm">{names.body(Object.keys(older.changes).length, version.configVersion)}</Text>
        <Group gap={6} mt={6}>
          <Button variant="light" onClick={() => void take()}>
            {names.take(version.configVersion)}
          </Button>
          <Button variant="subtle" color="gray" onClick={discard}>
            {names.discard}
          </Button>
        </Group>
      </Alert>
    );
  return both.length > 0 ? (
    <Alert color="orange" variant="light" p="xs" withCloseButton onClose={() => setBoth([])}>
      {names.both(both.join(', '))}
    </Alert>
  ) : null;
}
