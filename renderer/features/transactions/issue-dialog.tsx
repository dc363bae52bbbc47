import { Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ProductForm } from '#core/api/contract.ts';
import type { TransactionPreview } from '#core/api/contracts/transactions.ts';
import { Decimal } from '#core/model/decimal.ts';
import { call } from '../../app/client.ts';
import { day, money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import type { ChangeKind } from './steps.ts';

interface IssueDialogProps {
  readonly product: ProductForm;
  readonly kind: ChangeKind;
  /** Milliseconds. */
  readonly effective: number;
  /** What it changes, in words. */
  readonly changes?: readonly string[];
  /** What issuing would do, where it is known already; else it is asked for the saved transaction. */
  readonly preview?: TransactionPreview | undefined;
  readonly saved?: string | undefined;
  readonly onClose: () => void;
  readonly onIssue: () => void;
}

/** Issuing binds in the world outside: the effect is named in words and money first. */
export function IssueDialog({
  product,
  kind,
  effective,
  changes = [],
  preview,
  saved,
  onClose,
  onIssue,
}: IssueDialogProps) {
  const words = text.transactions.issueDialog;
  const asked = useQuery({
    queryKey: ['transaction-effect', saved],
    queryFn: () => call<TransactionPreview>('GET', `/api/transactions/${saved}/preview`),
    enabled: preview === undefined && saved !== undefined,
    gcTime: 0,
  });
  const effect = preview ?? asked.data;
  const total = new Decimal(effect?.price.totalChange ?? '0');
  const amount = money(total.abs().toFixed(), product.currency);
  const later = effect?.affected.filter(({ withoutEffect }) => !withoutEffect).length ?? 0;
  const when = day(effective, product.timeZone);
  return (
    <Modal opened onClose={onClose} title={words.title(words.words[kind])} transitionProps={{ duration: 0 }}>
      <Stack gap="xs">
        {asked.error ? <Failure error={asked.error} /> : null}
        <Text size="sm">{kind === 'cancellation' ? words.until(when) : words.from(when)}</Text>
        {changes.length > 0 ? (
          <ul className="notes">
            {changes.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        ) : null}
        {later > 0 ? <Text size="sm">{words.again(later)}</Text> : null}
        {effect ? (
          <Text size="sm" fw={600} data-testid="issue-effect">
            {total.isZero() ? words.same : total.isNegative() ? words.less(amount) : words.more(amount)}
          </Text>
        ) : asked.error ? null : (
          <Skeleton height={20} />
        )}
        <Text size="xs" c="dimmed">
          {words.undo[kind]}
        </Text>
        <Group justify="end" mt="sm">
          <Button variant="default" onClick={onClose}>
            {words.not}
          </Button>
          <Button data-autofocus disabled={!effect} onClick={onIssue}>
            {words.button(words.words[kind])}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
