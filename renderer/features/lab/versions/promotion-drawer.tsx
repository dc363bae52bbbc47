import { Button, Drawer, Group, Skeleton, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Environment, Promoted, PromoteVersion, PromotionPlan } from '#core/api/contracts/lab-environments.ts';
import { call } from '../../../app/client.ts';
import { useJobs } from '../../../app/jobs.tsx';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import type { LabPartProps } from '../lab-part-props.ts';
import { FileDifference } from './file-difference.tsx';
import { PlannedImpact } from './planned-impact.tsx';

const names = text.labVersions.environments.plan;

interface PromotionDrawerProps extends LabPartProps {
  readonly target: Environment;
  readonly onClose: () => void;
}

/** What the newest version would change in another environment, worked out by a job; then, with a message, its promotion. */
export function PromotionDrawer({ product, target, onClose }: PromotionDrawerProps) {
  const jobs = useJobs();
  const plan = useQuery({
    queryKey: ['lab-promotion-plan', product.name, target.folder],
    queryFn: async () =>
      (await jobs.follow<PromotionPlan>(names.working(product.displayName, target.name), () =>
        call('POST', '/api/lab/environments/plan', { product: product.name, folder: target.folder }),
      )) ?? null,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={names.title(product.displayName, target.name)}
      transitionProps={{ duration: 0 }}
    >
      {plan.error ? <Failure error={plan.error} /> : null}
      {plan.isPending ? (
        <>
          <Text size="sm" c="dimmed" role="status">
            {names.waiting}
          </Text>
          <Skeleton height={320} mt="sm" />
        </>
      ) : null}
      {plan.data === null ? <Text c="dimmed">{names.cancelled}</Text> : null}
      {plan.data ? <Plan plan={plan.data} target={target} onClose={onClose} /> : null}
    </Drawer>
  );
}

interface PlanProps {
  readonly plan: PromotionPlan;
  readonly target: Environment;
  readonly onClose: () => void;
}

function Plan({ plan, target, onClose }: PlanProps) {
  const { product, from, onto, files, documents, errors, tests, impact, secondPerson } = plan;
  const jobs = useJobs();
  const queries = useQueryClient();
  const [message, setMessage] = useState('');
  const same = onto?.hash === from.hash;
  const stopped = same || errors.length > 0 || tests.failed.length > 0;
  const promote = useMutation({
    mutationFn: () => {
      const seen = { hash: from.hash, onto: onto?.hash ?? null };
      const body: PromoteVersion = { product, folder: target.folder, message, seen };
      return jobs.follow<Promoted>(names.promoting(product, target.name), () =>
        call('POST', '/api/lab/environments/promote', body),
      );
    },
    onSuccess: async (done) => {
      if (!done) return;
      toast('waiting' in done ? names.waits(target.name) : names.deployed(target.name, done.configVersion));
      onClose();
      await queries.invalidateQueries({ queryKey: ['lab-environments'] });
    },
  });
  return (
    <div className="versions-plan">
      <Text>{same ? names.same : onto ? names.replaces(onto.configVersion) : names.fresh}</Text>
      {impact ? (
        <Part title={names.impact}>
          <PlannedImpact impact={impact} />
        </Part>
      ) : null}
      {errors.length > 0 ? (
        <Part title={names.errors}>
          <ul className="notes">
            {errors.map(({ file, line, message: words }) => (
              <li key={`${file}:${line} ${words}`}>{`${file}:${line} ${words}`}</li>
            ))}
          </ul>
        </Part>
      ) : (
        <Part title={names.tests}>
          <Text size="sm" fw={tests.failed.length > 0 ? 600 : 400}>
            {names.results(tests.passed, tests.failed.length)}
          </Text>
          {tests.failed.map(({ name, why }) => (
            <details key={name} className="versions-file">
              <summary>
                <code>{name}</code>
              </summary>
              <Text size="sm">{why}</Text>
            </details>
          ))}
        </Part>
      )}
      {documents.length > 0 ? (
        <Part title={names.documents}>
          <ul className="notes">
            {documents.map(({ name, kind, files: of }) => (
              <li key={name}>
                {name}{' '}
                <Text span size="sm" c="dimmed">
                  {[text.labVersions.history.kinds[kind], ...of].join(' · ')}
                </Text>
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      {files.length > 0 ? (
        <Part title={text.labVersions.history.files(files.length)}>
          {files.map((file) => (
            <FileDifference key={file.path} file={file} open={file.table !== undefined} />
          ))}
        </Part>
      ) : null}
      <form
        className="versions-promote"
        onSubmit={(event) => {
          event.preventDefault();
          if (!stopped) promote.mutate();
        }}
      >
        {secondPerson ? <Text size="sm">{names.secondPerson}</Text> : null}
        {promote.error ? <Failure error={promote.error} /> : null}
        <Group align="end" wrap="nowrap">
          <TextInput
            label={names.message}
            flex={1}
            required
            disabled={stopped}
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
          />
          <Button type="submit" disabled={stopped || message.trim() === ''} loading={promote.isPending}>
            {names.promote}
          </Button>
        </Group>
      </form>
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3}>{title}</Title>
      {children}
    </section>
  );
}
