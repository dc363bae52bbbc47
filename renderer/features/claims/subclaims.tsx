import { Badge, Button, Group, Table, Text, Title } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type {
  ClaimResponse,
  PayableResponse,
  ProductLifecycle,
  ReserveResponse,
  SubClaimResponse,
} from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { call } from '../../app/client.ts';
import { day, money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { perilTitle } from '../risk/form.ts';
import { useRefresh } from '../transactions/queries.ts';
import { exposureTitlesBy } from '../transactions/words.ts';
import { type ClaimAction, ClaimDialog } from './claim-dialog.tsx';
import { turned } from './claim-form.ts';

interface SubclaimsProps {
  readonly product: ProductForm;
  readonly policy: PolicyResponse;
  readonly lifecycle: ProductLifecycle;
  readonly claim: ClaimResponse;
  readonly incident: number | undefined;
}

/** The money of a claim, cover by cover: reserves, payments, and how they came about. */
export function Subclaims({ product, policy, lifecycle, claim, incident }: SubclaimsProps) {
  const refresh = useRefresh();
  const [opened, open] = useState<string>();
  const [acting, act] = useState<ClaimAction>();
  const titles = exposureTitlesBy(product, policy);
  const shown = (amount: string): string => money(turned(amount), product.currency);
  const live = claim.currentStatus === 'open';
  const status = useMutation({
    mutationFn: (update: { readonly subClaimLocator: string; readonly status: 'open' | 'closed' }) =>
      call('POST', `/claim/${claim.locator}/update`, { updateSubClaims: [update] }),
    onSuccess: async () => {
      await refresh();
      toast(text.claims.done.update);
    },
  });
  return (
    <>
      <Group justify="space-between" mt="md">
        <Title order={3}>{text.claims.subclaims}</Title>
        {live && incident !== undefined ? (
          <Button variant="light" size="compact-sm" onClick={() => act({ kind: 'add' })}>
            {text.claims.addSub}
          </Button>
        ) : null}
      </Group>
      {status.error ? <Failure error={status.error} /> : null}
      {claim.subClaims.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text.claims.subclaimsNone}
        </Text>
      ) : (
        <Table verticalSpacing={3} aria-label={text.claims.subclaims}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{text.claims.peril}</Table.Th>
              <Table.Th scope="col">{text.claims.status}</Table.Th>
              <Table.Th scope="col" className="amount">
                {text.claims.lossReserve}
              </Table.Th>
              <Table.Th scope="col" className="amount">
                {text.claims.expenseReserve}
              </Table.Th>
              <Table.Th scope="col" className="amount">
                {text.claims.paid}
              </Table.Th>
              <Table.Th scope="col" className="amount">
                {text.claims.incurred}
              </Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {claim.subClaims.map((subclaim) => {
              const isOpen = opened === subclaim.locator;
              const title = `${titles.get(subclaim.exposureLocator) ?? subclaim.exposureName} · ${perilTitle(product, subclaim.perilName)}`;
              return (
                <Fragment key={subclaim.locator}>
                  <Table.Tr>
                    <Table.Td>
                      <button
                        type="button"
                        className="row-door"
                        aria-expanded={isOpen}
                        onClick={() => open(isOpen ? undefined : subclaim.locator)}
                      >
                        {isOpen ? (
                          <IconChevronDown size={14} aria-hidden />
                        ) : (
                          <IconChevronRight size={14} aria-hidden />
                        )}
                        {title}
                      </button>
                    </Table.Td>
                    <Table.Td>
                      <Badge variant="light" color={subclaim.status === 'open' ? 'field' : 'gray'}>
                        {text.claims.statuses[subclaim.status]}
                      </Badge>
                    </Table.Td>
                    <Table.Td className="amount">{shown(subclaim.lossReserve)}</Table.Td>
                    <Table.Td className="amount">{shown(subclaim.expenseReserve)}</Table.Td>
                    <Table.Td className="amount">{shown(subclaim.totals.paid)}</Table.Td>
                    <Table.Td className="amount">{shown(subclaim.totals.incurred)}</Table.Td>
                    <Table.Td>
                      {live ? (
                        <Group gap={4} justify="end" wrap="nowrap">
                          {subclaim.status === 'open' ? (
                            <>
                              <Button
                                size="compact-xs"
                                variant="subtle"
                                color="gray"
                                onClick={() => act({ kind: 'reserves', subclaim, title })}
                              >
                                {text.claims.setReserves}
                              </Button>
                              <Button
                                size="compact-xs"
                                variant="light"
                                onClick={() => act({ kind: 'pay', subclaim, title })}
                              >
                                {text.claims.pay}
                              </Button>
                            </>
                          ) : null}
                          <Button
                            size="compact-xs"
                            variant="subtle"
                            color="gray"
                            disabled={status.isPending}
                            onClick={() =>
                              status.mutate({
                                subClaimLocator: subclaim.locator,
                                status: subclaim.status === 'open' ? 'closed' : 'open',
                              })
                            }
                          >
                            {subclaim.status === 'open' ? text.claims.closeSub : text.claims.reopenSub}
                          </Button>
                        </Group>
                      ) : null}
                    </Table.Td>
                  </Table.Tr>
                  {subclaim.warnings.length > 0 ? (
                    <Table.Tr>
                      <Table.Td colSpan={7}>
                        <ul className="notes claim-warnings">
                          {subclaim.warnings.map((warning) => (
                            <li key={warning}>{warning}</li>
                          ))}
                        </ul>
                      </Table.Td>
                    </Table.Tr>
                  ) : null}
                  {isOpen ? (
                    <Table.Tr className="transaction-details">
                      <Table.Td colSpan={7}>
                        <Money subclaim={subclaim} product={product} onAct={live ? act : undefined} />
                      </Table.Td>
                    </Table.Tr>
                  ) : null}
                </Fragment>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
      {acting ? (
        <ClaimDialog
          action={acting}
          product={product}
          policy={policy}
          lifecycle={lifecycle}
          claim={claim}
          incident={incident}
          onClose={() => act(undefined)}
        />
      ) : null}
    </>
  );
}

interface MoneyProps {
  readonly subclaim: SubClaimResponse;
  readonly product: ProductForm;
  readonly onAct: ((action: ClaimAction) => void) | undefined;
}

/** Payments and reserves of one sub-claim, oldest first; nothing is ever overwritten. */
function Money({ subclaim, product, onAct }: MoneyProps) {
  const { locator } = subclaim;
  const { currency, timeZone } = product;
  const payables = useQuery({
    queryKey: ['payables', locator],
    queryFn: () => call<readonly PayableResponse[]>('GET', `/subClaim/${locator}/payables`),
  });
  const reserves = useQuery({
    queryKey: ['reserves', locator],
    queryFn: () => call<readonly ReserveResponse[]>('GET', `/subClaim/${locator}/reserves`),
  });
  const shown = (amount: string): string => money(turned(amount), currency);
  return (
    <div className="claim-money">
      <div>
        <h4 className="details-title">{text.claims.payables}</h4>
        {payables.data?.length === 0 ? (
          <Text size="sm" c="dimmed">
            {text.claims.payablesNone}
          </Text>
        ) : null}
        <Table verticalSpacing={2} withRowBorders={false} aria-label={text.claims.payables}>
          <Table.Tbody>
            {(payables.data ?? []).map((payable) => (
              <Table.Tr key={payable.locator}>
                <Table.Td>{day(payable.postedTimestamp, timeZone)}</Table.Td>
                <Table.Td>
                  {text.claims.types[payable.reserveType]} · {payable.recipient}
                  <Text size="xs" c="dimmed">
                    {[
                      payable.author,
                      payable.comment,
                      payable.reversalLocator ? text.claims.reversed : '',
                      payable.reversedLocator ? text.claims.reversal : '',
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </Text>
                </Table.Td>
                <Table.Td className="amount">{shown(payable.amount)}</Table.Td>
                <Table.Td>
                  {onAct && !payable.reversalLocator && !payable.reversedLocator ? (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      color="gray"
                      onClick={() => onAct({ kind: 'reverse', payable })}
                    >
                      {text.claims.reverse}
                    </Button>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <div>
        <h4 className="details-title">{text.claims.reserves}</h4>
        <Table verticalSpacing={2} withRowBorders={false} aria-label={text.claims.reserves}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{text.claims.when}</Table.Th>
              <Table.Th scope="col">{text.claims.step}</Table.Th>
              <Table.Th scope="col" className="amount">
                {text.claims.reservedAfter}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(reserves.data ?? []).map((reserve) => (
              <Table.Tr key={`${reserve.timestamp} ${reserve.reserveType} ${reserve.cause} ${reserve.amount}`}>
                <Table.Td>{day(reserve.timestamp, timeZone)}</Table.Td>
                <Table.Td>
                  {text.claims.types[reserve.reserveType]} {text.claims.causes[reserve.cause]}
                  <Text size="xs" c="dimmed">
                    {reserve.author}
                  </Text>
                </Table.Td>
                <Table.Td className="amount">{shown(reserve.amount)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  );
}
