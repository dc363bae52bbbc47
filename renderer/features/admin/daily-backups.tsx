import { Alert, Button, Code, Group, Switch, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Backups } from '#core/api/contracts/admin.ts';
import { call } from '../../app/client.ts';
import { useJobs } from '../../app/jobs.tsx';
import { text } from '../../app/text.ts';
import { toastFailure } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { bytes, Facts, localMoment } from './parts.tsx';

/** What is backed up by itself, and when a backup was last restored. */
export function DailyBackups({ plan, drill }: Pick<Backups, 'plan' | 'drill'>) {
  const words = text.admin.backups;
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (changed: { on?: boolean; folder?: string }) => call<Backups>('PUT', '/api/backups/plan', changed),
    onSuccess: (backups) => queries.setQueryData(['backups'], backups),
  });
  const [folder, setFolder] = useState(plan.folder);
  const [newest] = plan.made;
  return (
    <section aria-label={words.daily}>
      <Title order={2}>{words.daily}</Title>
      <Text size="sm" c="dimmed" mb="xs">
        {words.dailyHint}
      </Text>
      <Switch
        label={words.dailyOn}
        checked={plan.on}
        onChange={(event) => change.mutate({ on: event.currentTarget.checked })}
        mb="sm"
      />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ folder });
        }}
      >
        <Group align="end" gap="sm" wrap="nowrap">
          <TextInput
            className="grow"
            maw={560}
            label={words.dailyFolder}
            value={folder}
            onChange={(event) => setFolder(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={folder === plan.folder} loading={change.isPending}>
            {words.dailySave}
          </Button>
          <RunNow name="backup" label={words.dailyNow} />
        </Group>
      </form>
      {change.error ? <Failure error={change.error} /> : null}
      {newest ? (
        <Facts
          facts={[
            [
              words.newest,
              `${localMoment(newest.timestamp)} · ${bytes(newest.bytes)} · ${newest.present ? words.present : words.gone}`,
            ],
            [words.dailyKept, words.dailyKeptCount(plan.made.length)],
          ]}
        />
      ) : (
        <Text size="sm" mt="xs">
          {words.dailyNone}
        </Text>
      )}
      <Group justify="space-between" wrap="nowrap" mt="md">
        <div>
          <Title order={3}>{words.drill}</Title>
          <Text size="sm" c="dimmed">
            {words.drillHint}
          </Text>
        </div>
        <RunNow name="drill" label={words.drillNow} disabled={plan.made.length === 0} />
      </Group>
      <DrillResult drill={drill} />
    </section>
  );
}

function DrillResult({ drill }: Pick<Backups, 'drill'>) {
  const words = text.admin.backups;
  if (!drill)
    return (
      <Text size="sm" mt="xs">
        {words.drillNever}
      </Text>
    );
  if (drill.ok)
    return (
      <Alert mt="sm" color="teal" title={words.drillOk(localMoment(drill.at))}>
        {words.drillDetail(drill.prices, drill.compared)}
      </Alert>
    );
  return (
    <Alert mt="sm" color="red" title={words.drillFailed(localMoment(drill.at))}>
      {words.drillFailedDetail}{' '}
      {drill.lastSuccess === null ? words.drillNoSuccess : words.drillOk(localMoment(drill.lastSuccess))}
      <Code block mt="xs">
        {drill.backup}
      </Code>
      <ul className="notes">
        {drill.faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </Alert>
  );
}

/** Runs what is scheduled, in the tray: a large store takes its time. */
function RunNow({
  name,
  label,
  disabled = false,
}: {
  readonly name: 'backup' | 'drill';
  readonly label: string;
  readonly disabled?: boolean;
}) {
  const jobs = useJobs();
  const queries = useQueryClient();
  const title = text.admin.schedules.names[name];
  const run = useMutation({
    mutationFn: async () => {
      await jobs.run(
        title,
        [name],
        () => title,
        () => call('POST', `/api/schedules/${name}/run`, {}),
      );
      await queries.invalidateQueries({ queryKey: ['backups'] });
    },
    onError: toastFailure,
  });
  return (
    <Button
      variant="default"
      className="steady"
      disabled={disabled}
      loading={run.isPending}
      onClick={() => run.mutate()}
    >
      {label}
    </Button>
  );
}
