import { Alert, Badge, Radio, Stack, Text, Title } from '@mantine/core';
import type { ProductForm } from '#core/api/contract.ts';
import type { ConflictPreview, TransactionPreview } from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { change, day, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { settingTitle, transactionTitle } from './words.ts';

interface LaterTransactionsProps {
  readonly product: ProductForm;
  readonly policy: PolicyResponse;
  readonly timeline: TimelineResponse;
  readonly preview: TransactionPreview;
  /** Milliseconds. */
  readonly effective: number;
  readonly locked: boolean;
  /** What somebody chose, before its price is known. */
  readonly choiceOf: (conflict: ConflictPreview) => 'later' | 'new';
  readonly onChoose: (conflict: ConflictPreview, choice: 'later' | 'new') => void;
}

const words = text.transactions.later;

/** What issuing out of sequence means, before it is issued: what is applied again, what contends, what falls away. */
export function LaterTransactions(props: LaterTransactionsProps) {
  const { product, policy, timeline, preview, effective, locked, choiceOf, onChoose } = props;
  const { affected, conflicts, fallenAway } = preview;
  if (affected.length === 0 && fallenAway.length === 0) return null;
  const { timeZone, currency } = timeline;
  const again = affected.filter(({ withoutEffect }) => !withoutEffect).length;
  const when = (at: string | number): string => day(at, timeZone);
  const named = (locator: string): string => {
    const found = timeline.transactions.find((transaction) => transaction.locator === locator);
    return found ? transactionTitle(found).kind : words.this;
  };
  const effectiveOf = (locator: string): string =>
    when(affected.find((one) => one.locator === locator)?.effectiveTimestamp ?? effective);
  return (
    <section aria-label={words.title} className="later">
      <Title order={2}>{words.title}</Title>
      <Text size="sm" mb="xs">
        {again > 0 ? words.intro(when(effective), again) : words.introWithout(when(effective))}
      </Text>
      <ol className="later-line">
        <li className="later-this">
          <span className="later-when">{when(effective)}</span>
          <strong>{words.this}</strong>
        </li>
        {affected.map((one) => {
          const found = timeline.transactions.find(({ locator }) => locator === one.locator);
          const { kind, name } = transactionTitle(found ?? one);
          return (
            <li key={one.locator} className={one.withoutEffect ? 'later-without' : ''}>
              <span className="later-when">{when(one.effectiveTimestamp)}</span>
              <span>
                {kind}{' '}
                {name ? (
                  <Text span size="xs" c="dimmed">
                    {name}
                  </Text>
                ) : null}
              </span>
              <Badge variant="light" color={one.withoutEffect ? 'red' : one.repriced ? 'field' : 'gray'}>
                {one.withoutEffect ? words.without : one.repriced ? words.repriced : words.again}
              </Badge>
            </li>
          );
        })}
      </ol>
      {conflicts.length > 0 ? (
        <Stack gap="sm" mt="sm">
          <h3 className="details-title">{words.conflicts}</h3>
          {conflicts.map((conflict) => (
            <Radio.Group
              key={`${conflict.transactionLocator} ${conflict.path}`}
              className="conflict"
              label={settingTitle(product, policy, conflict.path)}
              value={choiceOf(conflict)}
              onChange={(choice) => onChoose(conflict, choice as 'later' | 'new')}
            >
              <Radio
                value="later"
                mt={6}
                disabled={locked}
                label={
                  <ConflictChoice
                    what={words.keepLater(
                      conflict.laterValue ?? words.nothing,
                      effectiveOf(conflict.transactionLocator),
                    )}
                    total={change(conflict.effects.later.totalChange, currency)}
                    recommended
                  />
                }
              />
              <Radio
                value="new"
                mt={6}
                disabled={locked}
                label={
                  <ConflictChoice
                    what={words.takeNew(conflict.newValue ?? words.nothing)}
                    total={change(conflict.effects.new.totalChange, currency)}
                  />
                }
              />
            </Radio.Group>
          ))}
        </Stack>
      ) : null}
      {fallenAway.length > 0 || affected.some(({ withoutEffect }) => withoutEffect) ? (
        <Alert color="orange" mt="sm">
          <h3 className="falls-away">{words.fallenAway}</h3>
          <ul className="notes">
            {affected
              .filter(({ withoutEffect }) => withoutEffect)
              .map((one) => (
                <li key={one.locator}>
                  {words.withoutSentence(titled(named(one.locator)), when(one.effectiveTimestamp))}
                </li>
              ))}
            {fallenAway.map(({ transactionLocator, path }) => (
              <li key={`${transactionLocator} ${path}`}>
                {words.gone(named(transactionLocator), settingTitle(product, policy, path))}
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
    </section>
  );
}

interface ConflictChoiceProps {
  readonly what: string;
  readonly total: string;
  readonly recommended?: boolean;
}

function ConflictChoice({ what, total, recommended = false }: ConflictChoiceProps) {
  return (
    <span className="conflict-choice">
      <span>
        {what}
        {recommended ? (
          <Badge variant="light" color="teal" ml={8} title={words.recommendedWhy}>
            {words.recommended}
          </Badge>
        ) : null}
      </span>
      <span className="conflict-total">
        {words.total} <strong>{total}</strong>
      </span>
    </span>
  );
}
