import { Button, Group, Skeleton, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { ClaimResponse } from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { day, money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { useLifecycle } from '../transactions/queries.ts';
import { turned } from './claim-form.ts';
import { ClaimStatus } from './claim-status.tsx';
import { ClaimView } from './claim-view.tsx';
import { NewClaim } from './new-claim.tsx';
import '../transactions/transactions.css';
import './claims.css';

interface ClaimsTabProps {
  readonly product: ProductForm;
  readonly policy: PolicyResponse;
}

/** The claims of a policy: the list, a new one, or one of them. */
export function ClaimsTab(props: ClaimsTabProps) {
  if (props.policy.issuedTimestamp === undefined)
    return (
      <Text c="dimmed" mt="md">
        {text.claims.notIssued}
      </Text>
    );
  return <IssuedClaims {...props} />;
}

function IssuedClaims({ product, policy }: ClaimsTabProps) {
  const claims = useQuery({
    queryKey: ['claims', policy.locator],
    queryFn: () => call<readonly ClaimResponse[]>('GET', `/policy/${policy.locator}/claims`),
  });
  const lifecycle = useLifecycle(product);
  const [shown, show] = useState<'list' | 'new' | { readonly claim: string }>('list');
  useActions(text.claims.title, [{ label: text.claims.report, keys: 'n', run: () => show('new') }]);
  const error = claims.error ?? lifecycle.error;
  if (error) return <Failure error={error} />;
  if (!claims.data || !lifecycle.data) return <Skeleton height={200} mt="md" />;
  const about = { product, policy, lifecycle: lifecycle.data };
  const back = (): void => show('list');
  if (shown === 'new') return <NewClaim {...about} onBack={back} onReported={(claim) => show({ claim })} />;
  const open = shown === 'list' ? undefined : claims.data.find(({ locator }) => locator === shown.claim);
  if (open) return <ClaimView key={open.locator} {...about} claim={open} onBack={back} />;
  const { currency, timeZone } = product;
  return (
    <section aria-label={text.claims.title}>
      <Group justify="space-between" mb="xs">
        <Title order={2}>{text.claims.title}</Title>
        <Button variant="default" aria-keyshortcuts="n" onClick={() => show('new')}>
          {text.claims.report}
        </Button>
      </Group>
      {claims.data.length === 0 ? (
        <div className="empty">
          <Title order={3}>{text.claims.none}</Title>
          <Text size="sm" c="dimmed">
            {text.claims.noneHint}
          </Text>
        </div>
      ) : (
        <>
          <Table verticalSpacing={3} aria-label={text.claims.title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{text.claims.number}</Table.Th>
                <Table.Th scope="col">{text.claims.loss}</Table.Th>
                <Table.Th scope="col">{text.claims.status}</Table.Th>
                <Table.Th scope="col" className="amount">
                  {text.claims.reserved}
                </Table.Th>
                <Table.Th scope="col" className="amount">
                  {text.claims.paid}
                </Table.Th>
                <Table.Th scope="col" className="amount">
                  {text.claims.incurred}
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {claims.data.map((claim) => (
                <Table.Tr key={claim.locator}>
                  <Table.Td>
                    <button type="button" className="row-door" onClick={() => show({ claim: claim.locator })}>
                      {claim.locator}
                    </button>
                  </Table.Td>
                  <Table.Td>{claim.incidentTimestamp ? day(claim.incidentTimestamp, timeZone) : '–'}</Table.Td>
                  <Table.Td>
                    <ClaimStatus status={claim.currentStatus} />
                  </Table.Td>
                  <Table.Td className="amount">{money(turned(claim.totals.reserved), currency)}</Table.Td>
                  <Table.Td className="amount">{money(turned(claim.totals.paid), currency)}</Table.Td>
                  <Table.Td className="amount">{money(turned(claim.totals.incurred), currency)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="xs" c="dimmed">
            {text.claims.signs}
          </Text>
        </>
      )}
    </section>
  );
}
