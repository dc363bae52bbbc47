import { Checkbox, Group, Select, Skeleton, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { day } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { EntityForm, WasBefore } from '../risk/entity-form.tsx';
import { Exposures } from '../risk/exposures.tsx';
import type { Entity, RiskForm } from '../risk/form.ts';
import { ChangeList } from './change-list.tsx';
import { EffectPanel } from './effect-panel.tsx';
import { IssueDialog } from './issue-dialog.tsx';
import { LaterTransactions } from './later-transactions.tsx';
import { TransactionFrame } from './transaction-frame.tsx';
import type { TransactionProps } from './transaction-props.ts';
import { useChange } from './use-change.ts';
import { placeOf, valuesOf } from './words.ts';

/** An endorsement or a renewal: the same form as a new quote, filled with the policy as it stands, and what a change of it does. */
export function ChangeScreen(props: TransactionProps) {
  const { action, stored, product, timeline, lifecycle, saved } = props;
  const change = useChange(props);
  const { form, base, locked, step, preview, effective, renewing } = change;
  const [issuing, setIssuing] = useState(false);
  const words = text.transactions.screen;
  const blocked = timeline.transactions.some(
    ({ state, locator }) => state === 'accepted' && locator !== saved?.response.locator,
  );
  return (
    <TransactionFrame
      action={action}
      stored={stored}
      product={product}
      state={saved?.response.state}
      busy={step.isPending}
      ready={preview !== undefined && change.faults.length === 0}
      error={change.error ?? change.standingError}
      onStep={(next) => step.mutate(next)}
      onIssue={() => setIssuing(true)}
      onStartOver={change.dirty && !locked ? change.startOver : undefined}
      effect={
        <>
          <EffectPanel
            product={product}
            lifecycle={lifecycle}
            policy={stored.policy}
            preview={preview}
            pending={change.pending}
            error={change.previewError}
            faults={change.faults.length}
            expiring={renewing ? change.term.start : undefined}
            locked={locked}
          />
          <ChangeList product={product} differences={change.differences} />
        </>
      }
    >
      <section className="transaction-settings">
        {renewing ? (
          <Group gap="md" align="end">
            <div>
              <Text size="xs" c="dimmed">
                {words.newTerm}
              </Text>
              <Text size="sm" h={30} pt={5}>
                {day(change.term.end, product.timeZone)} {words.until}
              </Text>
            </div>
            <TextInput
              type="date"
              label={text.risk.end}
              value={change.end}
              disabled={locked}
              error={change.faultOf('', 'renewalEndTimestamp')}
              onChange={(event) => change.setEnd(event.currentTarget.value)}
            />
          </Group>
        ) : (
          <Group gap="md" align="start">
            <Select
              w={280}
              label={words.kindOfEndorsement}
              data={lifecycle.endorsements.map(({ name, displayName }) => ({ value: name, label: displayName }))}
              value={change.name}
              allowDeselect={false}
              disabled={saved !== undefined}
              onChange={(name) => change.setName(name ?? '')}
            />
            <TextInput
              type="date"
              label={words.effective}
              value={change.date}
              disabled={locked}
              error={change.faultOf('', 'startTimestamp')}
              onChange={(event) => change.setDate(event.currentTarget.value)}
            />
            {change.asksReprice ? (
              <Checkbox
                mt={28}
                label={words.reprice}
                checked={change.reprice}
                disabled={locked}
                onChange={(event) => change.setReprice(event.currentTarget.checked)}
              />
            ) : null}
          </Group>
        )}
        {blocked && saved === undefined ? (
          <Checkbox
            mt="sm"
            label={words.invalidateOthers}
            checked={change.overOthers}
            onChange={(event) => change.setOverOthers(event.currentTarget.checked)}
          />
        ) : null}
      </section>
      {preview ? (
        <LaterTransactions
          product={product}
          policy={stored.policy}
          timeline={timeline}
          preview={preview}
          effective={effective}
          locked={locked}
          choiceOf={change.choiceOf}
          onChoose={change.choose}
        />
      ) : null}
      {form && base ? (
        <WasBefore value={(entity) => (locked ? undefined : beforeIn(form, base, entity))}>
          <Text size="sm" c="dimmed" mt="md">
            {renewing ? words.renewing : words.standing(day(effective, product.timeZone))}
          </Text>
          {product.fields.length > 0 ? (
            <section aria-label={text.risk.details}>
              <Title order={2}>{text.risk.details}</Title>
              <EntityForm
                fields={product.fields}
                entity={form.policy}
                lookups={product.lookups}
                disabled={locked}
                errorOf={(field) => change.faultOf('', field)}
                onLeave={() => undefined}
                onChange={(policy) => change.setForm({ ...form, policy })}
              />
            </section>
          ) : null}
          <Exposures
            product={product}
            exposures={form.exposures}
            disabled={locked}
            errorOf={change.faultOf}
            onLeave={() => undefined}
            onChange={(exposures) => change.setForm({ ...form, exposures })}
          />
        </WasBefore>
      ) : change.standingError ? null : (
        <Skeleton height={280} mt="md" />
      )}
      {change.previewError && !preview ? <Failure error={change.previewError} /> : null}
      {issuing ? (
        <IssueDialog
          product={product}
          kind={change.kind}
          effective={effective}
          changes={change.differences.slice(0, MOST_NAMED).map((difference) => {
            const [before, after] = valuesOf(difference);
            return `${placeOf(product, difference)}: ${before} → ${after}`;
          })}
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

/** More changes than these are counted in the list beside, not read in a dialog. */
const MOST_NAMED = 12;

/** What an entity of the form was before it was changed. */
function beforeIn(form: RiskForm, base: RiskForm, entity: Entity): Entity | undefined {
  if (entity === form.policy) return base.policy;
  for (const exposure of form.exposures) {
    const was = base.exposures.find(({ locator }) => locator !== undefined && locator === exposure.locator);
    if (entity === exposure) return was;
    const peril = exposure.perils.find((one) => one === entity);
    if (peril) return was?.perils.find(({ name, included }) => included && name === peril.name);
  }
  return undefined;
}
