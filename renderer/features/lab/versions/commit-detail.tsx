import { Button, Group, Select, Skeleton, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { VersionCommit, VersionDifference, VersionWritten } from '#core/api/contracts/lab-versions.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import { type Asked, CommitDialog } from './commit-dialog.tsx';
import { FileDifference } from './file-difference.tsx';

interface CommitDetailProps {
  readonly product: string;
  readonly commit: VersionCommit;
  readonly commits: readonly VersionCommit[];
  /** The branch that it is the newest commit of. */
  readonly branch: string | undefined;
  /** Branches that begin here and hold nothing yet. */
  readonly spare: readonly { readonly name: string }[];
}

/** What a version changed, and what can be done with it. */
export function CommitDetail({ product, commit, commits, branch, spare }: CommitDetailProps) {
  const names = text.labVersions;
  const queries = useQueryClient();
  const [asked, ask] = useState<Asked>();
  const [against, compare] = useState<string | null>('before');
  const at = `/api/lab/versions/${encodeURIComponent(product)}`;
  const title = commit.configVersion === undefined ? commit.message : names.history.version(commit.configVersion);
  const from = against === 'before' ? commit.parents[0] : (against ?? undefined);
  const difference = useQuery({
    queryKey: ['lab-versions', product, 'difference', from, commit.commit],
    queryFn: () => call<VersionDifference>('GET', `${at}/difference?from=${from}&to=${commit.commit}`),
    enabled: from !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const work = useMutation({
    mutationFn: async ({ name, action }: { readonly name: string; readonly action: 'merge' | 'update' | 'drop' }) => {
      const branchAt = `${at}/branches/${encodeURIComponent(name)}`;
      if (action === 'drop') {
        await call('DELETE', branchAt);
        return names.branch.dropped(name);
      }
      const { configVersion } = await call<VersionWritten>('POST', `${branchAt}/${action}`, {});
      return action === 'merge' ? names.branch.merged(configVersion ?? 0) : names.branch.updated(name);
    },
    onSuccess: async (words) => {
      toast(words);
      await queries.invalidateQueries();
    },
  });
  return (
    <section className="versions-detail" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{title}</Title>
        <Select
          aria-label={names.history.compareWith}
          value={against}
          onChange={compare}
          allowDeselect={false}
          data={[
            { value: 'before', label: names.history.before },
            ...commits
              .filter((one) => one.commit !== commit.commit && one.configVersion !== undefined)
              .map((one) => ({ value: one.commit, label: names.history.version(one.configVersion ?? 0) })),
          ]}
        />
      </Group>
      <Group gap="xs" mb="sm">
        {commit.configVersion === undefined ? null : (
          <>
            <Button variant="default" onClick={() => ask('release')}>
              {names.actions.release}
            </Button>
            <Button variant="default" onClick={() => ask('branch')}>
              {names.actions.branch}
            </Button>
            <Button variant="default" disabled={commit.parents.length === 0} onClick={() => ask('revert')}>
              {names.actions.revert}
            </Button>
          </>
        )}
        {branch === undefined ? null : (
          <>
            <Button loading={work.isPending} onClick={() => work.mutate({ name: branch, action: 'merge' })}>
              {names.actions.merge}
            </Button>
            <Button variant="default" onClick={() => work.mutate({ name: branch, action: 'update' })}>
              {names.actions.update}
            </Button>
          </>
        )}
        {[...(branch === undefined ? [] : [{ name: branch }]), ...spare].map(({ name }) => (
          <Button key={name} variant="subtle" color="gray" onClick={() => work.mutate({ name, action: 'drop' })}>
            {names.actions.drop} {name}
          </Button>
        ))}
      </Group>
      {work.error ? <Failure error={work.error} /> : null}
      {from === undefined ? <Text c="dimmed">{names.history.first}</Text> : null}
      {difference.error ? <Failure error={difference.error} /> : null}
      {from !== undefined && difference.isPending ? <Skeleton height={160} /> : null}
      {difference.data ? (
        <>
          <Text size="sm" c="dimmed">
            {difference.data.files.length === 0
              ? names.history.same
              : names.history.files(difference.data.files.length)}
          </Text>
          {difference.data.files.map((file, index) => (
            <FileDifference key={file.path} file={file} open={index === 0} />
          ))}
        </>
      ) : null}
      <CommitDialog product={product} commit={commit} title={title} asked={asked} onClose={() => ask(undefined)} />
    </section>
  );
}
