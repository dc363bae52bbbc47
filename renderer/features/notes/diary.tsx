import { Button, Popover, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DiaryEntry } from '#core/api/contracts/notes.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Due, today } from './due.tsx';
import './notes.css';

const MINUTES_5 = 300_000;

/** What is due by today, in the status bar: how much, and one click away what. */
export function Diary() {
  const [opened, setOpened] = useState(false);
  const now = today();
  const due = useQuery({
    queryKey: ['diary', now],
    queryFn: () => call<readonly DiaryEntry[]>('GET', `/api/diary?until=${now}`),
    refetchInterval: MINUTES_5,
  });
  useActions(text.frame.everywhere, [{ label: text.notes.openDiary, run: () => setOpened(true) }]);
  const entries = due.data ?? [];
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="top-end"
      width={380}
      withArrow
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <Button
          variant="subtle"
          color={entries.length > 0 ? 'field' : 'gray'}
          size="compact-xs"
          data-testid="diary"
          onClick={() => setOpened((open) => !open)}
        >
          {entries.length > 0 ? text.notes.diaryCount(entries.length) : text.notes.diary}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={text.notes.diary}>
        {entries.length === 0 ? (
          <Text size="sm" c="dimmed" tabIndex={-1} data-autofocus>
            {text.notes.diaryEmpty}
          </Text>
        ) : (
          <ol className="diary">
            {entries.map((entry) => (
              <li key={entry.locator}>
                <a
                  href={address({ screen: 'policy', locator: entry.policyLocator, tab: 'notes' })}
                  onClick={() => setOpened(false)}
                >
                  <span className="diary-head">
                    <strong>{entry.insured || entry.policyNumber || entry.policyLocator}</strong>
                    <Due due={entry.due} now={now} />
                  </span>
                  <span className="diary-text">{entry.text || text.notes.erased}</span>
                </a>
              </li>
            ))}
          </ol>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
