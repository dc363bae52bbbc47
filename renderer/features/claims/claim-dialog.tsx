import { Button, Checkbox, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type {
  ClaimResponse,
  PayableResponse,
  ProductLifecycle,
  SubClaimResponse,
} from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { call, Refusal } from '../../app/client.ts';
import { money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { EntityForm } from '../risk/entity-form.tsx';
import { type Entity, given, perilTitle, toGroups } from '../risk/form.ts';
import { useRefresh } from '../transactions/queries.ts';
import { exposureTitlesBy } from '../transactions/words.ts';
import { turned, turnedInput } from './claim-form.ts';
import { useCoverage } from './coverage.tsx';

/** Something that moves a claim's money, before it is done. */
export type ClaimAction =
  | { readonly kind: 'add' }
  | { readonly kind: 'reserves' | 'pay'; readonly subclaim: SubClaimResponse; readonly title: string }
  | { readonly kind: 'reverse'; readonly payable: PayableResponse };

interface ClaimDialogProps {
  readonly action: ClaimAction;
  readonly product: ProductForm;
  readonly policy: PolicyResponse;
  readonly lifecycle: ProductLifecycle;
  readonly claim: ClaimResponse;
  readonly incident: number | undefined;
  readonly onClose: () => void;
}

/** A sub-claim, its reserves, a payment or its reversal; amounts are typed as people say them, what is paid without a sign. */
export function ClaimDialog(props: ClaimDialogProps) {
  const { action, product, policy, lifecycle, claim, incident, onClose } = props;
  const words = text.claims;
  const refresh = useRefresh();
  const coverage = useCoverage(policy.locator, action.kind === 'add' ? incident : undefined);
  const titles = exposureTitlesBy(product, policy);
  const reserved = action.kind === 'reserves' ? action.subclaim : undefined;
  const [peril, setPeril] = useState<string | null>(null);
  const [loss, setLoss] = useState(reserved ? turned(reserved.lossReserve) : '');
  const [expense, setExpense] = useState(reserved ? turned(reserved.expenseReserve) : '');
  const [expensesOnly, setExpensesOnly] = useState(false);
  const [type, setType] = useState<'loss' | 'expense'>('loss');
  const [amount, setAmount] = useState('');
  const [recipient, setRecipient] = useState('');
  const [comment, setComment] = useState('');
  const [entity, setEntity] = useState<Entity>({ values: {}, groups: {} });
  const covered = coverage.data?.coverages ?? [];
  const perils =
    covered.length > 0
      ? covered.map((one) => ({ locator: one.perilLocator, exposure: one.exposureLocator, name: one.perilName }))
      : policy.exposures.flatMap((exposure) =>
          exposure.perils.map((one) => ({ locator: one.locator, exposure: exposure.locator, name: one.name })),
        );
  const chosen = perils.find(({ locator }) => locator === peril);
  // A file that is named like a peril serves it alone; the first other one serves every sub-claim.
  const fields =
    (
      lifecycle.subclaims.find(({ name }) => name === chosen?.name) ??
      lifecycle.subclaims.find(({ name }) => name === 'subclaim')
    )?.fields ?? [];
  const reserves = {
    ...(loss.trim() === '' || expensesOnly ? {} : { lossReserve: turnedInput(loss) ?? loss }),
    ...(expense.trim() === '' ? {} : { expenseReserve: turnedInput(expense) ?? expense }),
  };
  const doing = useMutation({
    mutationFn: () => {
      const update = `/claim/${claim.locator}/update`;
      switch (action.kind) {
        case 'add':
          return call('POST', update, {
            addSubClaims: [
              {
                perilLocator: peril ?? '',
                ...(expensesOnly ? { expensesOnly } : {}),
                ...reserves,
                fieldValues: given(entity.values),
                fieldGroups: toGroups(entity),
              },
            ],
          });
        case 'reserves':
          return call('POST', update, { updateSubClaims: [{ subClaimLocator: action.subclaim.locator, ...reserves }] });
        case 'pay':
          return call('POST', '/claims/payables', {
            subClaimLocator: action.subclaim.locator,
            reserveType: type,
            amount: turnedInput(amount) ?? amount,
            recipient,
            ...(comment === '' ? {} : { comment }),
          });
        case 'reverse':
          return call('POST', '/claims/payables/reversals', {
            payableLocator: action.payable.locator,
            ...(comment === '' ? {} : { comment }),
          });
      }
    },
    onSuccess: async () => {
      onClose();
      await refresh();
      toast(action.kind === 'pay' || action.kind === 'reverse' ? words.done[action.kind] : words.done.update);
    },
  });
  const faults = doing.error instanceof Refusal ? (doing.error.problem.fieldErrors ?? []) : [];
  const faultOf = (field: string): string | undefined => faults.find(({ fieldName }) => fieldName === field)?.message;
  const shown = (value: string): string => money(value, product.currency);
  const paying = turnedInput(amount);
  const title = {
    add: words.addSubTitle,
    reserves: words.setReservesTitle,
    pay: words.payTitle,
    reverse: words.reverseTitle,
  }[action.kind];
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={action.kind === 'add' ? 'lg' : 'md'}
      transitionProps={{ duration: 0 }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          doing.mutate();
        }}
      >
        <Stack gap="sm">
          {'title' in action ? <Text size="sm">{action.title}</Text> : null}
          {action.kind === 'add' ? (
            <Select
              label={words.peril}
              data-autofocus
              data={perils.map(({ locator, exposure, name }) => ({
                value: locator,
                label: `${titles.get(exposure) ?? ''} · ${perilTitle(product, name)}`,
              }))}
              value={peril}
              error={faultOf('perilLocator')}
              onChange={setPeril}
              searchable
            />
          ) : null}
          {action.kind === 'add' || action.kind === 'reserves' ? (
            <>
              <Group grow>
                <TextInput
                  className="amount"
                  inputMode="decimal"
                  label={`${words.lossReserve} (${product.currency})`}
                  value={loss}
                  disabled={expensesOnly}
                  error={faultOf('lossReserve')}
                  onChange={(event) => setLoss(event.currentTarget.value)}
                />
                <TextInput
                  className="amount"
                  inputMode="decimal"
                  label={`${words.expenseReserve} (${product.currency})`}
                  value={expense}
                  error={faultOf('expenseReserve')}
                  onChange={(event) => setExpense(event.currentTarget.value)}
                />
              </Group>
              <Text size="xs" c="dimmed">
                {words.reservesHint}
              </Text>
            </>
          ) : null}
          {action.kind === 'add' ? (
            <>
              <Checkbox
                label={words.expensesOnly}
                checked={expensesOnly}
                onChange={(event) => setExpensesOnly(event.currentTarget.checked)}
              />
              <EntityForm
                fields={fields}
                entity={entity}
                lookups={lifecycle.lookups}
                disabled={false}
                errorOf={faultOf}
                onLeave={() => undefined}
                onChange={setEntity}
              />
            </>
          ) : null}
          {action.kind === 'pay' ? (
            <>
              <SegmentedControl
                aria-label={words.type}
                value={type}
                onChange={(value) => setType(value as 'loss' | 'expense')}
                data={[
                  { value: 'loss', label: words.types.loss },
                  { value: 'expense', label: words.types.expense },
                ]}
              />
              <TextInput
                className="amount"
                inputMode="decimal"
                data-autofocus
                label={`${words.amount} (${product.currency})`}
                value={amount}
                error={faultOf('amount')}
                onChange={(event) => setAmount(event.currentTarget.value)}
              />
              <TextInput
                label={words.recipient}
                value={recipient}
                error={faultOf('recipient')}
                onChange={(event) => setRecipient(event.currentTarget.value)}
              />
            </>
          ) : null}
          {action.kind === 'pay' || action.kind === 'reverse' ? (
            <TextInput
              label={words.comment}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
            />
          ) : null}
          {action.kind === 'pay' && paying ? (
            <Text size="sm" fw={600}>
              {words.payEffect(shown(turned(paying)), recipient)}
            </Text>
          ) : null}
          {action.kind === 'reverse' ? (
            <Text size="sm" fw={600}>
              {words.reverseEffect(shown(turned(action.payable.amount)), action.payable.recipient)}
            </Text>
          ) : null}
          {doing.error ? <Failure error={doing.error} /> : null}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {words.not}
            </Button>
            <Button type="submit" loading={doing.isPending}>
              {action.kind === 'pay' && paying ? words.payButton(shown(turned(paying))) : words.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
