import { ActionIcon, Indicator, Popover, Text } from '@mantine/core';
import { useNotifications } from '@mantine/notifications';
import { IconBell } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { text } from './text.ts';

interface Notice {
  readonly id: string;
  readonly at: number;
  readonly message: string;
  readonly failed: boolean;
}
const MOST = 50;

/** What was said at the edge of the screen in this session, for whoever looked away. */
export function Notices() {
  const { notifications } = useNotifications();
  const [kept, setKept] = useState<readonly Notice[]>([]);
  const [opened, setOpened] = useState(false);
  const [read, setRead] = useState(0);
  const seen = useRef(new Set<string>());
  useEffect(() => {
    const fresh = notifications.flatMap(({ id, color, 'data-words': words }): readonly Notice[] => {
      if (id === undefined || typeof words !== 'string' || seen.current.has(id)) return [];
      seen.current.add(id);
      return [{ id, at: Date.now(), message: words, failed: color === 'red' }];
    });
    if (fresh.length > 0) setKept((before) => [...fresh, ...before].slice(0, MOST));
  }, [notifications]);
  const unread = Math.max(0, seen.current.size - read);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="top-end"
      width={340}
      withArrow
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Indicator label={unread} size={14} disabled={unread === 0 || opened} color="field" offset={3}>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={unread > 0 ? text.notices.unread(unread) : text.notices.title}
            onClick={() => {
              setRead(seen.current.size);
              setOpened((open) => !open);
            }}
          >
            <IconBell size={14} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown aria-label={text.notices.title}>
        {kept.length === 0 ? (
          <Text size="sm" c="dimmed" tabIndex={-1} data-autofocus>
            {text.notices.none}
          </Text>
        ) : (
          <ol className="notices" tabIndex={-1} data-autofocus>
            {kept.map(({ id, at, message, failed }) => (
              <li key={id}>
                <Text size="xs" c="dimmed">
                  {new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(at)}
                  {failed ? ` · ${text.notices.failed}` : ''}
                </Text>
                <Text size="sm">{message}</Text>
              </li>
            ))}
          </ol>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
