import {
  ActionIcon,
  Button,
  Menu,
  Popover,
  Progress,
  Stack,
  Text,
  Tooltip,
  useMantineColorScheme,
} from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { IconCircleCheck, IconMoon, IconSun, IconWifi, IconWifiOff } from '@tabler/icons-react';
import type { Session } from '#core/api/contract.ts';
import { RepairNotice } from '../features/admin/repair-statement.tsx';
import { Diary } from '../features/notes/diary.tsx';
import { SyncState } from '../features/sync/sync-state.tsx';
import { number } from './format.ts';
import { useJobs } from './jobs.tsx';
import { Notices } from './notices.tsx';
import { text } from './text.ts';

/** The state of the world, always in sight: who I am, where, on or off line, what waits, what works in the background. */
export function StatusBar({ session }: { readonly session: Session }) {
  const { online } = useNetwork();
  return (
    <footer className="status">
      <Text size="xs">{session.user?.name}</Text>
      <Text size="xs" className={`environment environment-${session.environment}`}>
        {text.frame.environments[session.environment]}
      </Text>
      <Tooltip label={online ? text.frame.onlineHint : text.frame.offlineHint} multiline w={260}>
        <Text size="xs" c="dimmed" className="status-item" data-testid="online">
          {online ? <IconWifi size={14} aria-hidden /> : <IconWifiOff size={14} aria-hidden />}
          {online ? text.frame.online : text.frame.offline}
        </Text>
      </Tooltip>
      <SyncState />
      <RepairNotice />
      {session.printer.available ? null : (
        <Text size="xs" c="orange" className="status-item">
          {session.printer.detail}
        </Text>
      )}
      <span className="grow" />
      <Diary />
      <JobTray />
      <Notices />
      <Text size="xs" c="dimmed">
        {text.product} {session.version}
      </Text>
      <SchemeSwitch />
    </footer>
  );
}

/** Work in the background, with its progress; what runs can be cancelled between two steps. */
function JobTray() {
  const jobs = useJobs();
  const running = jobs.list.filter(({ state }) => state === 'running').length;
  if (jobs.list.length === 0) return null;
  return (
    <Popover position="top-end" width={340} withArrow transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <Button variant="subtle" size="compact-xs" data-testid="jobs">
          {running > 0 ? text.jobs.running(running) : text.jobs.done}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={text.jobs.title}>
        <Stack gap="sm">
          {jobs.list.map((job) => (
            <div key={job.id}>
              <div className="job-head">
                <Text size="sm" fw={600}>
                  {job.title}
                </Text>
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-xs"
                  onClick={() => (job.state === 'running' ? jobs.cancel(job.id) : jobs.forget(job.id))}
                >
                  {job.state === 'running' ? text.jobs.cancel : text.jobs.forget}
                </Button>
              </div>
              <Progress
                value={job.total === 0 ? 100 : (job.done / job.total) * 100}
                animated={job.total === 0 && job.state === 'running'}
                aria-label={job.title}
              />
              <Text size="xs" c="dimmed">
                {job.total === 0 && job.state === 'running'
                  ? text.jobs.begins
                  : text.jobs.progress(number(String(job.done)), number(String(job.total)))}
                {job.state === 'running' ? '' : ` · ${text.jobs[job.state]}`}
              </Text>
              {job.failures.length > 0 ? (
                <details>
                  <summary>
                    <Text span size="xs" c="red">
                      {text.jobs.failures(job.failures.length)}
                    </Text>
                  </summary>
                  <ul className="notes">
                    {job.failures.map(({ what, why }) => (
                      <li key={what}>
                        {what}: {why}
                      </li>
                    ))}
                  </ul>
                </details>
              ) : null}
            </div>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

const SCHEMES = ['light', 'dark', 'auto'] as const;

function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="top-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={text.theme.label}>
          {colorScheme === 'dark' ? <IconMoon size={14} /> : <IconSun size={14} />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map((scheme) => (
          <Menu.Item
            key={scheme}
            leftSection={scheme === colorScheme ? <IconCircleCheck size={14} /> : <span className="no-icon" />}
            onClick={() => setColorScheme(scheme)}
          >
            {text.theme[scheme]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
