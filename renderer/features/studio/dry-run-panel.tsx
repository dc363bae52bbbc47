import {
  Alert,
  Anchor,
  Button,
  Modal,
  NumberInput,
  Progress,
  SegmentedControl,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import type { Condition, Flip, Outcome } from '#core/api/contracts/studio.ts';
import { change, money } from '../../app/format.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { cellOf, DECISIONS, premiumChange, type RunTotals } from './dry-run.ts';
import type { DryRun } from './use-dry-run.ts';

const MOST_FLIPS = 200;

interface DryRunPanelProps {
  readonly run: DryRun;
  readonly currency: string;
  /** The working copy went on since the run. */
  readonly stale: boolean;
  readonly onOpen: (file: string, line: number, column: number) => void;
}

/** Which decisions flip with the changes, over made-up or stored risks. */
export function DryRunPanel({ run, currency, stale, onOpen }: DryRunPanelProps) {
  const names = text.studio.run;
  const { settings, setSettings, totals, job, failure } = run;
  return (
    <div className="studio-run">
      <Text size="xs" c="dimmed">
        {names.hint}
      </Text>
      <form
        className="studio-run-form"
        onSubmit={(event) => {
          event.preventDefault();
          run.start();
        }}
      >
        <SegmentedControl
          size="xs"
          aria-label={names.book}
          value={settings.kind}
          onChange={(kind) => setSettings({ ...settings, kind: kind === 'stored' ? 'stored' : 'sampled' })}
          data={[
            { value: 'sampled', label: names.sampled },
            { value: 'stored', label: names.stored },
          ]}
        />
        <NumberInput
          size="xs"
          label={names.count}
          min={1}
          max={1000}
          w={84}
          value={settings.count}
          onChange={(count) => setSettings({ ...settings, count: Math.min(1000, Math.max(1, Number(count) || 1)) })}
        />
        {settings.kind === 'sampled' ? (
          <TextInput
            label={names.seed}
            w={90}
            value={settings.seed}
            onChange={(event) => setSettings({ ...settings, seed: event.currentTarget.value })}
          />
        ) : null}
        {job ? (
          <Button variant="default" onClick={run.cancel}>
            {names.cancel}
          </Button>
        ) : (
          <Button type="submit">{names.start}</Button>
        )}
      </form>
      {job ? (
        <Progress
          size="sm"
          value={(100 * job.done) / Math.max(1, job.total)}
          aria-label={names.progress(job.done, job.total)}
        />
      ) : null}
      {failure ? (
        <Alert color="red" variant="light" p="xs" role="alert">
          {failure}
        </Alert>
      ) : null}
      {totals ? <Result totals={totals} currency={currency} stale={stale} onOpen={onOpen} /> : null}
    </div>
  );
}

interface ResultProps extends Pick<DryRunPanelProps, 'currency' | 'stale' | 'onOpen'> {
  readonly totals: RunTotals;
}

function Result({ totals, currency, stale, onOpen }: ResultProps) {
  const names = text.studio.run;
  const [shown, setShown] = useState<Flip>();
  const { premium, flips } = totals;
  const hidden = flips.length - MOST_FLIPS;
  return (
    <>
      {stale ? (
        <Alert color="orange" variant="light" p="xs">
          {names.stale}
        </Alert>
      ) : null}
      <strong data-testid="flips" role="status">
        {names.flips(flips.length, totals.risks)}
      </strong>
      <Matrix totals={totals} />
      <Text size="sm">
        {totals.priced
          ? premium.changed === 0
            ? names.samePremium
            : `${names.premium(money(premium.before, currency), money(premium.after, currency))} · ${names.premiumChanged(premium.changed)}`
          : names.notPriced}
      </Text>
      {Object.entries(totals.missing).map(([field, risks]) => (
        <Text key={field} size="sm" c="dimmed">
          {names.missing(field, risks)}
        </Text>
      ))}
      {flips.length > 0 ? (
        <Table
          className="studio-flips"
          verticalSpacing={4}
          horizontalSpacing={6}
          aria-label={names.flips(flips.length, totals.risks)}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{names.risk}</Table.Th>
              <Table.Th>{names.why}</Table.Th>
              <Table.Th className="amount">{names.premiumColumn}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {flips.slice(0, MOST_FLIPS).map((flip) => (
              <FlipRow key={`${flip.kind}${flip.id}`} flip={flip} onShow={() => setShown(flip)} onOpen={onOpen} />
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
      {hidden > 0 ? (
        <Text size="sm" c="dimmed">
          {names.more(hidden)}
        </Text>
      ) : null}
      <Modal
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        title={names.sample(shown?.label ?? '')}
        size="lg"
      >
        <pre className="technical sample-json">{JSON.stringify(shown?.sample, null, 2)}</pre>
      </Modal>
    </>
  );
}

function Matrix({ totals }: { readonly totals: RunTotals }) {
  const names = text.studio.run;
  // Decisions that never came up would only make the eye search.
  const used = DECISIONS.filter(
    (decision) =>
      decision === 'accept' ||
      decision === 'reject' ||
      totals.matrix.some((cell) => cell.before === decision || cell.after === decision),
  );
  return (
    <Table className="studio-matrix" aria-label={names.matrix} withRowBorders={false} verticalSpacing={2}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            {names.before} ↓ {names.after} →
          </Table.Th>
          {used.map((decision) => (
            <Table.Th key={decision} className="amount">
              {names.decisions[decision]}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {used.map((before) => (
          <Table.Tr key={before}>
            <Table.Th scope="row">{names.decisions[before]}</Table.Th>
            {used.map((after) => {
              const risks = cellOf(totals, before, after);
              return (
                <Table.Td key={after} className={before !== after && risks > 0 ? 'amount flipped' : 'amount'}>
                  {risks === 0 ? '–' : risks}
                </Table.Td>
              );
            })}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface FlipRowProps {
  readonly flip: Flip;
  readonly onShow: () => void;
  readonly onOpen: DryRunPanelProps['onOpen'];
}

function FlipRow({ flip, onShow, onOpen }: FlipRowProps) {
  const names = text.studio.run;
  const premium = premiumChange(flip);
  const { decisions } = names;
  return (
    <Table.Tr>
      <Table.Td>
        {flip.kind === 'stored' ? (
          <Anchor className="document-link" href={address({ screen: 'policy', locator: flip.id })} size="sm">
            {flip.label}
          </Anchor>
        ) : (
          <button type="button" className="link-button" aria-label={names.openSample(flip.label)} onClick={onShow}>
            {names.sample(flip.label)}
          </button>
        )}
        <div className="studio-flip">
          {decisions[flip.before.decision]} → <strong>{decisions[flip.after.decision]}</strong>
        </div>
      </Table.Td>
      <Table.Td>
        <Reasons outcome={flip.after} other={flip.before} />
        <Conditions title={names.now} conditions={flip.conditions.onlyAfter} onOpen={onOpen} />
        <Conditions title={names.noLonger} conditions={flip.conditions.onlyBefore} />
      </Table.Td>
      <Table.Td className="amount">
        {premium === undefined ? '–' : Number(premium) === 0 ? names.same : change(premium, flip.currency)}
      </Table.Td>
    </Table.Tr>
  );
}

/** The notes that the other side does not have, or why it failed. */
function Reasons({ outcome, other }: { readonly outcome: Outcome; readonly other: Outcome }) {
  const own =
    outcome.problem === undefined ? outcome.notes.filter((note) => !other.notes.includes(note)) : [outcome.problem];
  return own.map((note) => <div key={note}>{note}</div>);
}

interface ConditionsProps {
  readonly title: string;
  readonly conditions: readonly Condition[];
  readonly onOpen?: DryRunPanelProps['onOpen'];
}

/** @param onOpen absent where the line is that of a text that is not there any more */
function Conditions({ title, conditions, onOpen }: ConditionsProps) {
  return conditions.slice(0, 4).map(({ condition, file, line }) => (
    <div key={condition} className="studio-condition">
      {title} <code>{condition}</code>{' '}
      {file !== undefined && line !== undefined && onOpen ? (
        <button type="button" className="link-button" onClick={() => onOpen(file, line, 1)}>
          {text.studio.run.line(line)}
        </button>
      ) : null}
    </div>
  ));
}
