import { Text, Tooltip } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import {
  IconAlertTriangle,
  IconCloudCheck,
  IconCloudOff,
  IconDeviceLaptop,
  IconGitMerge,
  IconRefresh,
} from '@tabler/icons-react';
import { useActions } from '../../app/actions.tsx';
import { address, go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import './sync.css';
import { useOthersWork, useSync } from './use-sync.ts';
import { type StatusWords, statusWords } from './words.ts';

/** Replication in the status bar: where it stands, and how many conflicts wait; both are doors. */
export function SyncState() {
  const { data: status, error } = useSync();
  useOthersWork(status);
  useActions(text.frame.everywhere, [
    { label: text.frame.goTo(text.sync.title), keys: 'mod+4', run: () => go({ screen: 'replication' }) },
    {
      label: text.sync.goTo(text.sync.sections.conflicts),
      run: () => go({ screen: 'replication', section: 'conflicts' }),
    },
    {
      label: text.sync.departure.title,
      run: () => go({ screen: 'replication', section: 'departure' }),
    },
  ]);
  if (!status)
    return error ? (
      <Text size="xs" c="dimmed" className="status-item">
        {text.sync.bar.unknown}
      </Text>
    ) : null;
  const { tone, words, hint } = statusWords(status);
  const Sign = status.cloud ? SIGNS[tone] : IconDeviceLaptop;
  return (
    <>
      <Tooltip label={hint} multiline w={260}>
        <a
          className="status-item sync-state"
          data-tone={tone}
          data-testid="sync"
          href={address({ screen: 'replication' })}
        >
          <Sign size={14} aria-hidden />
          {words}
        </a>
      </Tooltip>
      {status.conflicts > 0 ? (
        <a
          className="status-item sync-state"
          data-tone="attention"
          data-testid="sync-conflicts"
          href={address({ screen: 'replication', section: 'conflicts' })}
        >
          <IconGitMerge size={14} aria-hidden />
          {text.sync.bar.conflicts(status.conflicts)}
        </a>
      ) : null}
    </>
  );
}

const SIGNS: Readonly<Record<StatusWords['tone'], Icon>> = {
  calm: IconCloudCheck,
  busy: IconRefresh,
  attention: IconCloudOff,
  trouble: IconAlertTriangle,
};
