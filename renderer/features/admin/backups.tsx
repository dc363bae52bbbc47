import { Alert, Badge, Button, Code, Group, Skeleton, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Backups as BackupList, VerifyReport } from '#core/api/contracts/admin.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { useJobs } from '../../app/jobs.tsx';
import { desktop } from '../../app/save-file.ts';
import { text } from '../../app/text.ts';
import { toast, toastFailure } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { DailyBackups } from './daily-backups.tsx';
import { bytes, localMoment } from './parts.tsx';
import { LastRepair } from './repair-statement.tsx';

/** Copies of the data, and the proof that it is sound. */
export function Backups() {
  const words = text.admin.backups;
  const backups = useQuery({ queryKey: ['backups'], queryFn: () => call<BackupList>('GET', '/api/backups') });
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      <LastRepair />
      {backups.error ? <Failure error={backups.error} /> : null}
      {backups.isPending ? <Skeleton height={120} mt="md" /> : null}
      {backups.data ? <DailyBackups key={backups.data.plan.folder} {...backups.data} /> : null}
      {backups.data ? <Make key={backups.data.made.length} suggested={backups.data.suggested} /> : null}
      {backups.data ? <Made backups={backups.data} /> : null}
      <Verify />
      <section aria-label={words.restore}>
        <Title order={2}>{words.restore}</Title>
        <Text size="sm" mb="xs">
          {words.restoreHint}
        </Text>
        <Code block>{backups.data?.restore ?? ''}</Code>
      </section>
    </>
  );
}

function Make({ suggested }: { readonly suggested: string }) {
  const words = text.admin.backups;
  const [folder, setFolder] = useState(suggested);
  const jobs = useJobs();
  const queries = useQueryClient();
  const make = useMutation({
    // In the tray as well: a large store takes its time, and one goes on working meanwhile.
    mutationFn: async () => {
      let refused: unknown;
      await jobs.run(
        words.making,
        [folder],
        (target) => target,
        async (target) => {
          try {
            await call('POST', '/api/backup', { folder: target });
          } catch (error) {
            refused = error;
            throw error;
          }
        },
      );
      if (refused) throw refused;
      await queries.invalidateQueries({ queryKey: ['backups'] });
      const [newest] = queries.getQueryData<BackupList>(['backups'])?.made ?? [];
      toast(words.made(bytes(newest?.bytes ?? 0)));
    },
  });
  const choose = async (): Promise<void> => {
    const chosen = await desktop()?.chooseFolder();
    // A backup wants a folder of its own inside the one that was chosen.
    if (chosen) setFolder(`${chosen}/${suggested.split(/[\\/]/).at(-1) ?? ''}`);
  };
  useActions(text.admin.sections.backups, [{ label: words.make, run: () => make.mutate() }]);
  return (
    <section aria-label={words.make}>
      <Title order={2}>{words.make}</Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Group align="end" gap="sm" wrap="nowrap">
          <TextInput
            className="grow"
            maw={560}
            label={words.folder}
            value={folder}
            onChange={(event) => setFolder(event.currentTarget.value)}
          />
          {desktop() ? (
            <Button variant="default" onClick={() => choose().catch(toastFailure)}>
              {words.choose}
            </Button>
          ) : null}
          <Button type="submit" disabled={folder.trim() === ''} loading={make.isPending}>
            {words.makeNow}
          </Button>
        </Group>
      </form>
      {make.error ? <Failure error={make.error} /> : null}
    </section>
  );
}

function Made({ backups }: { readonly backups: BackupList }) {
  const words = text.admin.backups;
  return (
    <section aria-label={words.list}>
      <Title order={2}>{words.list}</Title>
      {backups.made.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      ) : (
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.columns.time}</Table.Th>
              <Table.Th>{words.columns.folder}</Table.Th>
              <Table.Th className="amount">{words.columns.size}</Table.Th>
              <Table.Th>{words.columns.state}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {backups.made.map(({ folder, timestamp, bytes: size, present }) => (
              <Table.Tr key={`${folder} ${timestamp}`}>
                <Table.Td className="unbroken">{localMoment(timestamp)}</Table.Td>
                <Table.Td className="breakable">{folder}</Table.Td>
                <Table.Td className="amount">{bytes(size)}</Table.Td>
                <Table.Td>
                  <Badge variant="light" color={present ? 'teal' : 'orange'}>
                    {present ? words.present : words.gone}
                  </Badge>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  );
}

function Verify() {
  const words = text.admin.backups;
  const verify = useMutation({ mutationFn: () => call<VerifyReport>('GET', '/api/verify') });
  const report = verify.data;
  return (
    <section aria-label={words.verify}>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Title order={2}>{words.verify}</Title>
          <Text size="sm" c="dimmed">
            {words.verifyHint}
          </Text>
        </div>
        <Button variant="default" className="steady" onClick={() => verify.mutate()} loading={verify.isPending}>
          {words.verifyNow}
        </Button>
      </Group>
      {verify.isPending ? <Skeleton height={64} mt="sm" /> : null}
      {verify.error ? <Failure error={verify.error} /> : null}
      {report && !verify.isPending ? (
        <Alert
          mt="sm"
          color={report.ok ? 'teal' : 'red'}
          title={report.ok ? words.sound : words.damaged(report.faults.length)}
        >
          {report.ok
            ? words.soundDetail(report.entries, report.records, report.blobs, report.notFetched)
            : words.damagedDetail}
          {report.ok ? null : (
            <ul className="notes">
              {report.faults.map((fault) => (
                <li key={fault}>{fault}</li>
              ))}
            </ul>
          )}
        </Alert>
      ) : null}
    </section>
  );
}
