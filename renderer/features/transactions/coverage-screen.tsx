import { Group, Radio, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TransactionResponse } from '#core/api/contracts/transactions.ts';
import { calendarDay } from '#core/model/time.ts';
import { call } from '../../app/client.ts';
import { day } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { cancellationInForce } from './allowed.ts';
import { coveredDay, instantOf } from './days.ts';
import { EffectPanel } from './effect-panel.tsx';
import { IssueDialog } from './issue-dialog.tsx';
import { LaterTransactions } from './later-transactions.tsx';
import { KIND_OF } from './steps.ts';
import { TransactionFrame } from './transaction-frame.tsx';
import type { TransactionProps } from './transaction-props.ts';
import { useDrafting } from './use-drafting.ts';
import { usePreview } from './use-preview.ts';

/** A cancellation or a reinstatement: from when on, why, and what comes back or is given back. */
export function CoverageScreen(props: TransactionProps) {
  const { action, stored, product, timeline, lifecycle, saved } = props;
  const { timeZone } = product;
  const words = text.transactions.screen;
  const kind = KIND_OF[action];
  const cancelling = action === 'cancel';
  const policy = stored.policy.locator;
  const ended = timeline.ended ?? 0;
  const locked = saved !== undefined && saved.response.state !== 'draft';

  const [name, setName] = useState(saved?.response.name ?? lifecycle.cancellations[0]?.name ?? '');
  const [category, setCategory] = useState<string | null>(saved?.response.cancellationCategory ?? null);
  const [comments, setComments] = useState(saved?.response.cancellationComments ?? '');
  const savedAt = saved && Number(saved.response.effectiveTimestamp);
  const [gap, setGap] = useState(savedAt !== undefined && savedAt !== ended);
  const [date, setDate] = useState(() => {
    if (savedAt !== undefined) return calendarDay(savedAt, timeZone);
    return cancelling
      ? coveredDay(timeline, Date.now(), timeZone)
      : calendarDay(Math.max(ended, Math.min(Date.now(), (timeline.terms.at(-1)?.end ?? ended) - 1)), timeZone);
  });
  const [typed, setTyped] = useState(false);
  const [issuing, setIssuing] = useState(false);
  const edit =
    <T,>(set: (value: T) => void) =>
    (value: T): void => {
      setTyped(true);
      set(value);
    };

  const effective = cancelling || gap ? instantOf(date, timeZone) : ended;
  const cancellation = saved?.response.cancellationLocator ?? cancellationInForce(timeline);
  const request = cancelling
    ? {
        effectiveTimestamp: String(effective),
        ...(category === null ? {} : { cancellationCategory: category }),
        ...(comments === '' ? {} : { cancellationComments: comments }),
      }
    : { effectiveTimestamp: String(effective) };
  const body = cancelling
    ? { type: kind, request: { name, ...request } }
    : { type: kind, cancellationLocator: cancellation ?? '', request };
  const save = async (): Promise<string> => {
    const answer = saved
      ? await call<TransactionResponse>('PATCH', `/${kind}s/${saved.response.locator}`, request)
      : cancelling
        ? await call<TransactionResponse>('POST', `/policies/${policy}/cancellations`, { name, ...request })
        : await call<TransactionResponse>('PATCH', `/cancellations/${cancellation}/reinstate`, request);
    return answer.locator;
  };
  const { step, error, paused } = useDrafting({
    policy,
    action,
    saved: saved?.response.locator,
    dirty: typed && !locked,
    save,
    onKept: () => setTyped(false),
  });
  const live = usePreview(policy, locked || effective === undefined ? undefined : body, paused);
  const preview = locked ? saved.preview : live.preview;
  const fault = live.faults.find(({ fieldName }) => fieldName === 'effectiveTimestamp')?.message;
  const categories = lifecycle.cancellations.find((one) => one.name === name)?.categories ?? [];
  return (
    <TransactionFrame
      action={action}
      stored={stored}
      product={product}
      state={saved?.response.state}
      busy={step.isPending}
      ready={preview !== undefined && live.faults.length === 0 && live.error === null}
      error={error}
      onStep={(next) => step.mutate(next)}
      onIssue={() => setIssuing(true)}
      effect={
        <EffectPanel
          product={product}
          lifecycle={lifecycle}
          policy={stored.policy}
          preview={live.error ? undefined : preview}
          pending={live.pending}
          error={live.error}
          faults={live.faults.length}
          locked={locked}
        />
      }
    >
      <section className="transaction-settings">
        {cancelling ? (
          <Stack gap="sm">
            <Group gap="md" align="start">
              <Select
                w={280}
                label={words.kindOfCancellation}
                data={lifecycle.cancellations.map((one) => ({ value: one.name, label: one.title }))}
                value={name}
                allowDeselect={false}
                disabled={saved !== undefined}
                onChange={(chosen) => {
                  edit(setName)(chosen ?? '');
                  setCategory(null);
                }}
              />
              <TextInput
                type="date"
                label={words.effective}
                value={date}
                disabled={locked}
                error={fault}
                onChange={(event) => edit(setDate)(event.currentTarget.value)}
              />
              {categories.length > 0 ? (
                <Select
                  w={220}
                  label={words.category}
                  data={[...categories]}
                  value={category}
                  clearable
                  disabled={locked}
                  onChange={edit(setCategory)}
                />
              ) : null}
            </Group>
            <Textarea
              label={words.comments}
              autosize
              minRows={2}
              value={comments}
              disabled={locked}
              onChange={(event) => edit(setComments)(event.currentTarget.value)}
            />
          </Stack>
        ) : (
          <Radio.Group
            label={words.reinstateFrom}
            value={gap ? 'gap' : 'none'}
            onChange={(chosen) => edit(setGap)(chosen === 'gap')}
          >
            <Radio mt={8} value="none" disabled={locked} label={words.withoutGap(day(ended, timeZone))} />
            <Group gap="sm" mt={8}>
              <Radio value="gap" disabled={locked} label={words.withGap} />
              <TextInput
                type="date"
                aria-label={words.withGap}
                value={date}
                disabled={locked || !gap}
                error={gap ? fault : undefined}
                onChange={(event) => edit(setDate)(event.currentTarget.value)}
              />
            </Group>
          </Radio.Group>
        )}
      </section>
      {preview && effective !== undefined ? (
        <LaterTransactions
          product={product}
          policy={stored.policy}
          timeline={timeline}
          preview={preview}
          effective={effective}
          locked
          choiceOf={({ choice }) => choice}
          onChoose={() => undefined}
        />
      ) : null}
      {issuing && effective !== undefined ? (
        <IssueDialog
          product={product}
          kind={kind}
          effective={effective}
          preview={preview}
          onClose={() => setIssuing(false)}
          onIssue={() => {
            setIssuing(false);
            step.mutate('issue');
          }}
        />
      ) : null}
    </TransactionFrame>
  );
}
