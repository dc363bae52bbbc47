import { Badge, Drawer, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConfigurationVersion, FileChange } from '#core/api/contracts/studio.ts';
import { call } from '../../app/client.ts';
import { moment } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { DiffView } from './diff-view.tsx';
import { useSavedFile } from './use-saved-file.ts';

interface HistoryProps {
  readonly timeZone: string;
  readonly versions: readonly ConfigurationVersion[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The versions of the product, newest first: who changed what when, down to the line. */
export function History({ timeZone, versions, opened, onClose }: HistoryProps) {
  const names = text.studio.history;
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size={640} title={names.title}>
      <ol className="studio-versions">
        {versions.map((version, index) => (
          <Version
            key={version.configVersion}
            timeZone={timeZone}
            version={version}
            before={versions[index + 1]}
            newest={index === 0}
          />
        ))}
      </ol>
    </Drawer>
  );
}

interface VersionProps {
  readonly timeZone: string;
  readonly version: ConfigurationVersion;
  readonly before: ConfigurationVersion | undefined;
  readonly newest: boolean;
}

function Version({ timeZone, version, before, newest }: VersionProps) {
  const names = text.studio.history;
  const [open, setOpen] = useState(newest);
  const since = before?.configVersion;
  const changes = useQuery({
    queryKey: ['configuration', version.configVersion, 'changes', since],
    queryFn: () => call<FileChange[]>('GET', `/api/configurations/${version.configVersion}/changes?since=${since}`),
    enabled: open && since !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <li>
      <div className="studio-version-head">
        <strong>{text.studio.version(version.configVersion)}</strong>
        {newest ? (
          <Badge size="sm" variant="light">
            {names.current}
          </Badge>
        ) : null}
        <Text span size="xs" c="dimmed">
          {names.by(version.author, moment(version.deployedAt, timeZone))}
        </Text>
      </div>
      <Text size="sm">{version.message ?? names.imported}</Text>
      {since === undefined ? (
        <Text size="xs" c="dimmed">
          {names.first}
        </Text>
      ) : (
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            {names.files}, {names.since(since)}
          </summary>
          {changes.isPending && open ? <Skeleton height={40} /> : null}
          {changes.data?.length === 0 ? (
            <Text size="sm" c="dimmed">
              {names.same}
            </Text>
          ) : null}
          {changes.data?.map((change) => (
            <Compared key={change.path} change={change} from={since} to={version.configVersion} />
          ))}
        </details>
      )}
    </li>
  );
}

interface ComparedProps {
  readonly change: FileChange;
  readonly from: number;
  readonly to: number;
}

function Compared({ change, from, to }: ComparedProps) {
  const [open, setOpen] = useState(false);
  const path = open ? change.path : undefined;
  const before = useSavedFile(from, path);
  const after = useSavedFile(to, path);
  return (
    <details className="studio-changed-file" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code>{change.path}</code> <span>{text.studio.history.kinds[change.kind]}</span>
      </summary>
      {open && !before.isPending && !after.isPending ? (
        <DiffView
          before={before.data?.text ?? ''}
          after={after.data?.text ?? ''}
          label={text.studio.history.compare(change.path)}
        />
      ) : null}
    </details>
  );
}
