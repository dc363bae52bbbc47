import { Button, Skeleton, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Schedule } from '#core/api/contracts/admin.ts';
import { call } from '../../app/client.ts';
import { useJobs } from '../../app/jobs.tsx';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { Facts, localMoment } from './parts.tsx';

const SECONDS_10 = 10_000;
const HOUR = 3_600_000;

/** What runs by itself: when it ran, what it did, when it runs next, and now. */
export function Schedules() {
  const words = text.admin.schedules;
  const jobs = useJobs();
  const queries = useQueryClient();
  const schedules = useQuery({
    queryKey: ['schedules'],
    queryFn: () => call<readonly Schedule[]>('GET', '/api/schedules'),
    refetchInterval: SECONDS_10,
  });
  const run = async (name: Schedule['name']): Promise<void> => {
    const title = words.names[name];
    const job = await jobs.run(
      title,
      [name],
      () => title,
      () => call('POST', `/api/schedules/${name}/run`, {}),
    );
    if (job.failures.length === 0) toast(words.ran(title));
    await queries.invalidateQueries();
  };
  const running = (schedule: Schedule): boolean =>
    schedule.running ||
    jobs.list.some(({ title, state }) => state === 'running' && title === words.names[schedule.name]);
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      {schedules.error ? <Failure error={schedules.error} /> : null}
      {schedules.isPending ? <Skeleton height={180} mt="md" /> : null}
      {(schedules.data ?? []).map((schedule) => (
        <section key={schedule.name} aria-label={words.names[schedule.name]} className="schedule">
          <div className="schedule-head">
            <div>
              <Title order={2}>{words.names[schedule.name]}</Title>
              <Text size="sm" c="dimmed">
                {words.what[schedule.name]}
              </Text>
            </div>
            <Button
              variant="default"
              aria-label={words.runNamed(words.names[schedule.name])}
              loading={running(schedule)}
              onClick={() => void run(schedule.name)}
            >
              {words.run}
            </Button>
          </div>
          <Facts
            facts={[
              [words.last, schedule.last ? lastWords(schedule.last) : words.never],
              [words.result, resultWords(schedule)],
              [
                words.next,
                schedule.nextTimestamp === undefined
                  ? '–'
                  : `${localMoment(schedule.nextTimestamp)} · ${words.every(everyWords(schedule.every))}`,
              ],
            ]}
          />
        </section>
      ))}
      <Text size="sm" c="dimmed" mt="lg">
        {words.later}
      </Text>
    </>
  );
}

function lastWords({ timestamp, duration }: NonNullable<Schedule['last']>): string {
  return `${localMoment(timestamp)} · ${text.admin.schedules.took(text.admin.milliseconds(duration))}`;
}

function resultWords({ last }: Schedule): string {
  const words = text.admin.schedules;
  if (!last) return '–';
  if (last.error !== undefined) return last.error;
  const done = Object.entries(last.counts ?? {}).filter(([, count]) => count > 0);
  if (done.length === 0) return words.nothing;
  return done.map(([name, count]) => (words.counts[name] ?? ((n: number) => words.count(name, n)))(count)).join(', ');
}

function everyWords(every: number): string {
  const words = text.admin.schedules;
  const named = new Map([
    [HOUR, words.hour],
    [24 * HOUR, words.day],
    [7 * 24 * HOUR, words.week],
  ]);
  return named.get(every) ?? words.seconds(Math.round(every / 1_000));
}
