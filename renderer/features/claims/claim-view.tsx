import { Anchor, Button, FileButton, Group, Table, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HistoryEntry } from '#core/api/contract.ts';
import type { ClaimResponse } from '#core/api/contracts/transactions.ts';
import { call, Refusal } from '../../app/client.ts';
import { day, money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { EntityForm } from '../risk/entity-form.tsx';
import { entityChange } from '../transactions/change-request.ts';
import { useRefresh } from '../transactions/queries.ts';
import { entityIn, instantAt, localAt, turned } from './claim-form.ts';
import { ClaimStatus } from './claim-status.tsx';
import { CoverageAt } from './coverage.tsx';
import type { ClaimProps } from './new-claim.tsx';
import { Subclaims } from './subclaims.tsx';

/** One claim: what happened, what was covered, the money on each cover, who did what. */
export function ClaimView({
  product,
  policy,
  lifecycle,
  claim,
  onBack,
}: ClaimProps & { readonly claim: ClaimResponse }) {
  const { currency, timeZone } = product;
  const refresh = useRefresh();
  const stored = entityIn(lifecycle.claimFields, claim);
  const [editing, setEditing] = useState(false);
  const [entity, setEntity] = useState(stored);
  const incident = claim.incidentTimestamp === undefined ? undefined : Number(claim.incidentTimestamp);
  const [when, setWhen] = useState(incident === undefined ? '' : localAt(incident, timeZone));
  const act = useMutation({
    mutationFn: ({ path, body }: { readonly path: 'update' | 'discard'; readonly body: object }) =>
      call<ClaimResponse>('POST', `/claim/${claim.locator}/${path}`, body),
    onSuccess: async (_, { path }) => {
      setEditing(false);
      await refresh();
      toast(text.claims.done[path]);
    },
  });
  const attach = useMutation({
    mutationFn: async (file: File) => {
      const form = new FormData();
      form.append('file', file);
      const answer = await fetch(`/media/?fileName=${encodeURIComponent(file.name)}`, {
        method: 'POST',
        body: form,
        credentials: 'same-origin',
      });
      if (!answer.ok) throw new Error(await answer.text());
      const { locator } = (await answer.json()) as { locator: string };
      await call('POST', `/claim/${claim.locator}/documents`, { mediaLocator: locator, displayName: file.name });
    },
    onSuccess: async () => {
      await refresh();
      toast(text.claims.done.attach);
    },
  });
  const status = (next: 'open' | 'closed') => act.mutate({ path: 'update', body: { status: next } });
  const save = (): void => {
    const at = instantAt(when, timeZone);
    const body = { ...entityChange(stored, entity), ...(at === undefined ? {} : { incidentTimestamp: String(at) }) };
    act.mutate({ path: 'update', body });
  };
  const faults = act.error instanceof Refusal ? (act.error.problem.fieldErrors ?? []) : [];
  const faultOf = (field: string): string | undefined => faults.find(({ fieldName }) => fieldName === field)?.message;
  const { currentStatus, totals, documents } = claim;
  const alive = currentStatus === 'pending' || currentStatus === 'open';
  return (
    <section aria-label={`${text.claims.number} ${claim.locator}`} className="claim">
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={2}>
            {text.claims.number} {claim.locator}
          </Title>
          <ClaimStatus status={currentStatus} />
        </Group>
        <Group gap="xs">
          <Button variant="subtle" color="gray" onClick={onBack}>
            {text.claims.back}
          </Button>
          {alive ? (
            <Button variant="subtle" color="gray" onClick={() => act.mutate({ path: 'discard', body: {} })}>
              {text.claims.discard}
            </Button>
          ) : null}
          {currentStatus === 'pending' ? <Button onClick={() => status('open')}>{text.claims.open}</Button> : null}
          {alive ? (
            <Button variant="default" onClick={() => status('closed')}>
              {text.claims.close}
            </Button>
          ) : null}
          {currentStatus === 'closed' ? (
            <Button variant="default" onClick={() => status('open')}>
              {text.claims.reopen}
            </Button>
          ) : null}
        </Group>
      </Group>
      {act.error ? <Failure error={act.error} /> : null}
      {attach.error ? <Failure error={attach.error} /> : null}
      <dl className="locked claim-totals">
        <div>
          <dt>{text.claims.loss}</dt>
          <dd>{incident === undefined ? '–' : day(incident, timeZone)}</dd>
        </div>
        {(['reserved', 'paid', 'incurred'] as const).map((name) => (
          <div key={name}>
            <dt>{text.claims[name]}</dt>
            <dd data-testid={`claim-${name}`}>{money(turned(totals[name]), currency)}</dd>
          </div>
        ))}
      </dl>
      <Subclaims product={product} policy={policy} lifecycle={lifecycle} claim={claim} incident={incident} />
      <Group justify="space-between" mt="lg">
        <Title order={3}>{text.claims.what}</Title>
        {alive && !editing ? (
          <Button variant="subtle" size="compact-xs" onClick={() => setEditing(true)}>
            {text.claims.edit}
          </Button>
        ) : null}
        {editing ? (
          <Group gap="xs">
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              onClick={() => {
                setEntity(stored);
                setEditing(false);
              }}
            >
              {text.claims.cancel}
            </Button>
            <Button size="compact-xs" onClick={save} loading={act.isPending}>
              {text.claims.save}
            </Button>
          </Group>
        ) : null}
      </Group>
      {editing ? (
        <TextInput
          w={220}
          type="datetime-local"
          label={text.claims.lossWhen}
          value={when}
          error={faultOf('incidentTimestamp')}
          onChange={(event) => setWhen(event.currentTarget.value)}
        />
      ) : null}
      <EntityForm
        fields={lifecycle.claimFields}
        entity={editing ? entity : stored}
        lookups={lifecycle.lookups}
        disabled={!editing}
        errorOf={faultOf}
        onLeave={() => undefined}
        onChange={setEntity}
      />
      <Title order={3} mt="lg">
        {text.claims.coverage}
      </Title>
      <CoverageAt product={product} policy={policy} at={incident} />
      <Group justify="space-between" mt="lg">
        <Title order={3}>{text.claims.documents}</Title>
        {currentStatus === 'discarded' ? null : (
          <FileButton onChange={(file) => file && attach.mutate(file)}>
            {(props) => (
              <Button {...props} variant="subtle" size="compact-xs" loading={attach.isPending}>
                {text.claims.attach}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
      {documents.map((document) => (
        <div key={document.locator}>
          <Anchor size="sm" className="document-link" href={document.media.url} target="_blank" rel="noreferrer">
            {document.displayName}
          </Anchor>{' '}
          <Text span size="xs" c="dimmed">
            {document.author}, {day(document.createdTimestamp, timeZone)}
          </Text>
        </div>
      ))}
      <History claim={claim} timeZone={timeZone} />
    </section>
  );
}

function History({ claim, timeZone }: { readonly claim: ClaimResponse; readonly timeZone: string }) {
  const history = useQuery({
    queryKey: ['claim-history', claim.locator],
    queryFn: () => call<readonly HistoryEntry[]>('GET', `/api/claims/${claim.locator}/history`),
  });
  return (
    <>
      <Title order={3} mt="lg">
        {text.claims.history}
      </Title>
      {history.error ? <Failure error={history.error} /> : null}
      <Table verticalSpacing={3} withRowBorders={false} aria-label={text.claims.history}>
        <Table.Tbody>
          {(history.data ?? []).map(({ at, author, command }) => (
            <Table.Tr key={`${at} ${command}`}>
              <Table.Td>{day(at, timeZone)}</Table.Td>
              <Table.Td>{text.claims.commands[command] ?? titled(command)}</Table.Td>
              <Table.Td>{author}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
