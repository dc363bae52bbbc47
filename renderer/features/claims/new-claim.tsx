import { Button, Group, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { ClaimResponse, ProductLifecycle } from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { call, Refusal } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { EntityForm } from '../risk/entity-form.tsx';
import { type Entity, given, toGroups } from '../risk/form.ts';
import { useRefresh } from '../transactions/queries.ts';
import { instantAt } from './claim-form.ts';
import { CoverageAt } from './coverage.tsx';

export interface ClaimProps {
  readonly product: ProductForm;
  readonly policy: PolicyResponse;
  readonly lifecycle: ProductLifecycle;
  readonly onBack: () => void;
}

/** What happened and when; what was covered then stands beside it. Incomplete, it is taken down as pending. */
export function NewClaim(props: ClaimProps & { readonly onReported: (claim: string) => void }) {
  const { product, policy, lifecycle, onBack, onReported } = props;
  const refresh = useRefresh();
  const [when, setWhen] = useState('');
  const [heard, setHeard] = useState('');
  const [entity, setEntity] = useState<Entity>({ values: {}, groups: {} });
  const incident = instantAt(when, product.timeZone);
  const notified = instantAt(heard, product.timeZone);
  const report = useMutation({
    mutationFn: ({ status }: { readonly status: 'pending' | 'open'; readonly sent: string }) =>
      call<ClaimResponse>('POST', '/claim', {
        policyLocator: policy.locator,
        status,
        ...(incident === undefined ? {} : { incidentTimestamp: String(incident) }),
        ...(notified === undefined ? {} : { notificationTimestamp: String(notified) }),
        fieldValues: given(entity.values),
        fieldGroups: toGroups(entity),
      }),
    onSuccess: async ({ locator }) => {
      await refresh();
      onReported(locator);
      toast(text.claims.done.report);
    },
  });
  const faults = report.error instanceof Refusal ? (report.error.problem.fieldErrors ?? []) : [];
  const answers = { ...entity.values, ...entity.groups, incidentTimestamp: when, notificationTimestamp: heard };
  const sent = (report.variables ? JSON.parse(report.variables.sent) : {}) as Readonly<Record<string, unknown>>;
  // What was corrected since is not marked any more.
  const faultOf = (field: string): string | undefined =>
    JSON.stringify(sent[field]) === JSON.stringify((answers as Readonly<Record<string, unknown>>)[field])
      ? faults.find(({ fieldName }) => fieldName === field)?.message
      : undefined;
  const left = faults.filter(({ fieldName }) => faultOf(fieldName) !== undefined).length;
  const submit = (status: 'pending' | 'open'): void => report.mutate({ status, sent: JSON.stringify(answers) });
  return (
    <section aria-label={text.claims.reportTitle}>
      <Group justify="space-between">
        <Title order={2}>{text.claims.reportTitle}</Title>
        <Group gap="xs">
          <Button variant="subtle" color="gray" onClick={onBack}>
            {text.claims.back}
          </Button>
          <Button variant="default" disabled={report.isPending} onClick={() => submit('pending')}>
            {text.claims.takeDown}
          </Button>
          <Button disabled={report.isPending} onClick={() => submit('open')}>
            {text.claims.reportOpen}
          </Button>
        </Group>
      </Group>
      {report.error && faults.length === 0 ? <Failure error={report.error} /> : null}
      {left > 0 ? (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {text.risk.incomplete(left)}
        </Text>
      ) : null}
      <Group gap="md" my="sm" align="start">
        <TextInput
          type="datetime-local"
          label={text.claims.lossWhen}
          value={when}
          error={faultOf('incidentTimestamp')}
          data-autofocus
          onChange={(event) => setWhen(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label={text.claims.notifiedWhen}
          value={heard}
          error={faultOf('notificationTimestamp')}
          onChange={(event) => setHeard(event.currentTarget.value)}
        />
      </Group>
      <Title order={3}>{text.claims.coverage}</Title>
      <CoverageAt product={product} policy={policy} at={incident} />
      <Title order={3} mt="md">
        {text.claims.what}
      </Title>
      <EntityForm
        fields={lifecycle.claimFields}
        entity={entity}
        lookups={lifecycle.lookups}
        disabled={false}
        errorOf={faultOf}
        onLeave={() => undefined}
        onChange={setEntity}
      />
    </section>
  );
}
