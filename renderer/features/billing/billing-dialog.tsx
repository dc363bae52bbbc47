import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { ProductLifecycle } from '#core/api/contracts/transactions.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import { call, Refusal } from '../../app/client.ts';
import { day, money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { EntityForm } from '../risk/entity-form.tsx';
import { type Entity, given } from '../risk/form.ts';
import { useRefresh } from '../transactions/queries.ts';

interface OnInvoice {
  readonly invoice: string;
  readonly number: string;
  /** What is open of it, without sign. */
  readonly left: string;
}
/** Something that moves money, before it is done. */
export type BillingAction =
  | ({ readonly kind: 'pay' | 'refund' | 'writeOff' | 'carry' } & OnInvoice)
  | { readonly kind: 'reverse'; readonly payment: string; readonly number: string; readonly amount: string }
  | { readonly kind: 'issueNext'; readonly amount: string; readonly due: string }
  | {
      readonly kind: 'schedule';
      readonly schedule: { readonly name: string; readonly displayName: string };
      readonly planned: string;
    };

interface BillingDialogProps {
  readonly action: BillingAction;
  readonly policy: string;
  readonly product: ProductForm;
  readonly lifecycle: ProductLifecycle;
  readonly onClose: () => void;
}

/** Money moves only after its effect was named in words and amounts. */
export function BillingDialog({ action, policy, product, lifecycle, onClose }: BillingDialogProps) {
  const refresh = useRefresh();
  const words = text.billing.dialogs;
  const moves = action.kind === 'pay' || action.kind === 'refund';
  const [amount, setAmount] = useState(moves ? fixed(action.left) : '');
  const [fields, setFields] = useState<Entity>({ values: {}, groups: {} });
  const shown = (value: string): string => money(value, product.currency);
  const parsed = parseDecimal(amount.trim());
  const left = moves ? new Decimal(action.left) : new Decimal(0);
  const fits = !moves || (parsed?.gt(0) === true && parsed.lte(left));
  const doing = useMutation({
    mutationFn: () => {
      const [path, body] = requestOf(action, policy, {
        amount: amount.trim(),
        fieldValues: given(fields.values),
      });
      return call('POST', path, body);
    },
    onSuccess: async () => {
      onClose();
      await refresh();
      toast(text.billing.done[action.kind]);
    },
  });
  const faults = doing.error instanceof Refusal ? (doing.error.problem.fieldErrors ?? []) : [];
  const said = effectOf(action, product, parsed && fits ? parsed.toString() : undefined, shown);
  return (
    <Modal opened onClose={onClose} title={said.title} transitionProps={{ duration: 0 }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (fits && !doing.isPending) doing.mutate();
        }}
      >
        <Stack gap="sm">
          {moves ? (
            <>
              <TextInput
                className="amount"
                label={`${words.amount} (${product.currency})`}
                inputMode="decimal"
                data-autofocus
                value={amount}
                error={fits ? undefined : words.bad}
                onChange={(event) => setAmount(event.currentTarget.value)}
              />
              {lifecycle.paymentFields.length > 0 && action.kind === 'pay' ? (
                <EntityForm
                  fields={lifecycle.paymentFields}
                  entity={fields}
                  lookups={lifecycle.lookups}
                  disabled={false}
                  errorOf={(field) => faults.find(({ fieldName }) => fieldName === field)?.message}
                  onLeave={() => undefined}
                  onChange={setFields}
                />
              ) : null}
            </>
          ) : null}
          {said.effect ? (
            <Text size="sm" fw={600}>
              {said.effect}
            </Text>
          ) : null}
          {doing.error ? <Failure error={doing.error} /> : null}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {text.billing.not}
            </Button>
            <Button
              type="submit"
              disabled={!fits}
              loading={doing.isPending}
              {...(moves ? {} : { 'data-autofocus': true })}
            >
              {said.button}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function requestOf(
  action: BillingAction,
  policy: string,
  payment: { readonly amount: string; readonly fieldValues: object },
): readonly [string, object] {
  switch (action.kind) {
    case 'pay':
      return [`/invoice/${action.invoice}/pay`, payment];
    case 'refund':
      return [`/invoice/${action.invoice}/refund`, { amount: payment.amount }];
    case 'writeOff':
      return [`/invoice/${action.invoice}/writeOff`, {}];
    case 'carry':
      return [`/invoice/${action.invoice}/carryForward`, {}];
    case 'reverse':
      return [`/payment/${action.payment}/reverse`, {}];
    case 'issueNext':
      return [`/policy/${policy}/issueNextInvoice`, {}];
    case 'schedule':
      return [`/policy/${policy}/paymentSchedule`, { newPaymentScheduleName: action.schedule.name }];
  }
}

/** What will happen, in words and money. @param amount what was typed, where it fits */
function effectOf(
  action: BillingAction,
  product: ProductForm,
  amount: string | undefined,
  shown: (amount: string) => string,
): { readonly title: string; readonly effect: string; readonly button: string } {
  const words = text.billing.dialogs;
  switch (action.kind) {
    case 'pay': {
      const rest = amount === undefined ? undefined : new Decimal(action.left).minus(amount);
      const effect =
        amount === undefined || !rest
          ? ''
          : rest.isZero()
            ? words.paysAll(shown(amount))
            : words.paysPart(shown(amount), shown(rest.toString()));
      return { title: words.pay(action.number), effect, button: words.payButton(amount ? shown(amount) : '') };
    }
    case 'refund':
      return {
        title: words.refund(action.number),
        effect: amount === undefined ? '' : words.refunds(shown(amount)),
        button: words.refundButton(amount ? shown(amount) : ''),
      };
    case 'writeOff':
      return {
        title: words.writeOff(action.number),
        effect: words.writeOffEffect(shown(action.left)),
        button: words.writeOffButton(shown(action.left)),
      };
    case 'carry':
      return {
        title: words.carry(action.number),
        effect: words.carryEffect(shown(action.left)),
        button: words.carryButton,
      };
    case 'reverse':
      return {
        title: words.reverse(action.number),
        effect: words.reverseEffect(shown(action.amount)),
        button: words.reverseButton,
      };
    case 'issueNext':
      return {
        title: words.issueNext,
        effect: words.issueNextEffect(shown(action.amount), day(action.due, product.timeZone)),
        button: words.issueNextButton,
      };
    case 'schedule':
      return {
        title: words.schedule,
        effect: words.scheduleEffect(action.schedule.displayName, shown(action.planned)),
        button: words.scheduleButton,
      };
  }
}

/** An amount as it is typed: with at least two decimals. */
function fixed(amount: string): string {
  const value = new Decimal(amount);
  return value.toFixed(Math.max(2, value.decimalPlaces()));
}
