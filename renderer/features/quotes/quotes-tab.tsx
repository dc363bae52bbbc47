import './quotes.css';
import { Button, Group, Modal, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useSessionStorage } from '@mantine/hooks';
import { IconCheck, IconPlus, IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import type { ProductForm, StoredRisk } from '#core/api/contract.ts';
import { useActions } from '../../app/actions.tsx';
import { moment } from '../../app/format.ts';
import { go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { usePrintSheet } from '../../components/print-sheet.tsx';
import { insuredName } from '../risk/form.ts';
import type { Risk } from '../risk/use-risk.ts';
import { compareQuotes, differencesOnly, type QuoteColumn } from './compare.ts';
import { ComparisonTable } from './comparison-table.tsx';
import { NameDialog } from './name-dialog.tsx';
import { actionsFor, type QuoteAction, QuoteHead } from './quote-head.tsx';
import { namedStep, stepOf } from './quote-steps.ts';
import { useQuoteStep, useQuotes } from './use-quotes.ts';

interface QuotesTabProps {
  readonly product: ProductForm;
  readonly stored: StoredRisk;
  readonly risk: Risk;
}
/** How the comparison is looked at; kept while the window is open, because a step of a quote draws the risk anew. */
interface Look {
  readonly base?: string;
  readonly differences: boolean;
  readonly discarded: boolean;
}
type Asking =
  | { readonly what: 'discard'; readonly quote: QuoteColumn }
  | { readonly what: 'new' | 'rename'; readonly quote: QuoteColumn };

/** The quotes of a risk side by side, with what differs from one of them marked, and every step of each. */
export function QuotesTab({ product, stored, risk }: QuotesTabProps) {
  const { columns, loading, error, pricing } = useQuotes(product, stored);
  const [look, setLook] = useSessionStorage<Look>({
    key: `fieldwriter.quotes.${stored.policy.locator}`,
    defaultValue: { differences: false, discarded: false },
    getInitialValueInEffect: false,
  });
  const [asking, ask] = useState<Asking>();
  const step = useQuoteStep();
  const discarded = columns.filter(({ state }) => state === 'discarded').length;
  const shown = columns.filter(({ state, selected }) => look.discarded || state !== 'discarded' || selected);
  const base = shown.find(({ locator }) => locator === look.base) ?? shown.find(({ selected }) => selected) ?? shown[0];
  const current = columns.find(({ selected }) => selected);
  const currency = stored.policy.currency ?? product.currency;
  const all = base ? compareQuotes(shown, shown.indexOf(base), product, currency) : [];
  const sections = look.differences ? differencesOnly(all) : all;
  const cellOf = (key: string, quote: QuoteColumn): string =>
    all.flatMap(({ rows }) => rows).find((row) => row.key === key)?.cells[shown.indexOf(quote)] ?? '';
  const issued = risk.state === 'issued';
  const accepted = (quote: QuoteColumn) => columns.some((one) => one !== quote && one.state === 'accepted');

  const openDetails = (): void => go({ screen: 'policy', locator: stored.policy.locator, tab: 'details' });
  const act = (action: QuoteAction, quote: QuoteColumn): void => {
    if (action === 'new' || action === 'rename') ask({ what: action, quote });
    else if (action === 'discard' && quote.state !== 'draft') ask({ what: 'discard', quote });
    else if (action === 'open' && quote.selected) openDetails();
    else step.mutate({ ...stepOf(action, quote, current), ...(action === 'open' ? { after: openDetails } : {}) });
  };
  const nextBase = (): void => {
    const after = shown[((base ? shown.indexOf(base) : -1) + 1) % Math.max(1, shown.length)];
    if (after) setLook({ ...look, base: after.locator });
  };
  const { print, sheet } = usePrintSheet(() => (
    <>
      <h1>{text.quotes.title}</h1>
      <p>
        {insuredName(product, risk.form)} · {product.displayName}
      </p>
      <p>
        {text.quotes.printed(moment(Date.now(), product.timeZone))} · {text.quotes.currency(currency)}
      </p>
      <ComparisonTable columns={shown} sections={sections} base={base} head={printedHead} />
    </>
  ));
  useActions(text.quotes.title, [
    { label: text.quotes.differencesOnly, keys: 'd', run: () => setLook({ ...look, differences: !look.differences }) },
    { label: text.quotes.nextBase, keys: 'b', run: nextBase },
    { label: text.quotes.print, keys: 'mod+p', run: print },
    ...(current && !issued
      ? [{ label: text.quotes.newFrom(current.name), keys: 'n', run: () => act('new', current) }]
      : []),
  ]);

  if (error) return <Failure error={error} />;
  if (loading) return <Skeleton height={320} mt="md" />;
  return (
    <div className="quotes" aria-busy={pricing}>
      <Group className="quotes-bar" justify="space-between">
        <Title order={2}>{text.quotes.title}</Title>
        <Group gap="xs">
          {discarded > 0 ? (
            <Toggle
              label={text.quotes.discarded(discarded)}
              on={look.discarded}
              onToggle={() => setLook({ ...look, discarded: !look.discarded })}
            />
          ) : null}
          <Toggle
            label={text.quotes.differencesOnly}
            on={look.differences}
            keys="d"
            onToggle={() => setLook({ ...look, differences: !look.differences })}
          />
          <Button
            variant="default"
            leftSection={<IconPrinter size={14} />}
            aria-keyshortcuts="Control+P Meta+P"
            onClick={print}
          >
            {text.quotes.print}
          </Button>
          {current && !issued ? (
            <Button
              variant="light"
              leftSection={<IconPlus size={14} />}
              aria-keyshortcuts="n"
              onClick={() => act('new', current)}
            >
              {text.quotes.newFrom(current.name)}
            </Button>
          ) : null}
        </Group>
      </Group>
      {risk.dirty && !issued ? (
        <Text size="sm" c="dimmed">
          {text.quotes.dirty}
        </Text>
      ) : null}
      {shown.length < 2 ? (
        <Text size="sm" c="dimmed" my="xs">
          <strong>{text.quotes.one}.</strong> {text.quotes.oneHint}
        </Text>
      ) : null}
      {look.differences &&
      shown.length > 1 &&
      !all.some(({ rows }) => rows.some(({ apart }) => apart.includes(true))) ? (
        <Text size="sm" c="dimmed" my="xs">
          {text.quotes.noDifferences}
        </Text>
      ) : null}
      <ComparisonTable
        columns={shown}
        sections={sections}
        base={base}
        head={(quote) => (
          <QuoteHead
            quote={quote}
            total={cellOf('total', quote)}
            difference={cellOf('difference', quote)}
            actions={actionsFor(quote, issued, accepted(quote)).filter(
              (action) => !risk.dirty || safeWhileDirty(action, quote),
            )}
            busy={step.isPending}
            isBase={quote === base}
            onBase={() => setLook({ ...look, base: quote.locator })}
            onAction={(action) => act(action, quote)}
          />
        )}
      />
      {sheet}
      {asking?.what === 'discard' ? (
        <Modal
          opened
          onClose={() => ask(undefined)}
          title={text.quotes.discardTitle(asking.quote.name)}
          transitionProps={{ duration: 0 }}
        >
          <Stack>
            <Text>{text.quotes.discardEffect}</Text>
            <Group justify="end">
              <Button variant="default" data-autofocus onClick={() => ask(undefined)}>
                {text.quotes.cancel}
              </Button>
              <Button
                color="red"
                onClick={() => {
                  ask(undefined);
                  step.mutate(stepOf('discard', asking.quote, current));
                }}
              >
                {text.risk.discard}
              </Button>
            </Group>
          </Stack>
        </Modal>
      ) : asking ? (
        <NameDialog
          title={asking.what === 'new' ? text.quotes.newFrom(asking.quote.name) : text.quotes.rename}
          suggested={asking.what === 'new' ? text.quotes.suggested(columns.length + 1) : asking.quote.name}
          action={asking.what === 'new' ? text.quotes.create : text.quotes.save}
          onClose={() => ask(undefined)}
          onName={(name) => {
            step.mutate(namedStep(asking.what, asking.quote, name));
          }}
        />
      ) : null}
    </div>
  );
}

function printedHead({ name, state, selected }: QuoteColumn) {
  return (
    <>
      <strong>{name}</strong>
      <br />
      {text.states[state]}
      {selected ? ` · ${text.quotes.current}` : ''}
    </>
  );
}

/** What was typed and not saved belongs to the current quote: nothing may lock that one, or put another in its place. */
function safeWhileDirty(action: QuoteAction, { selected }: QuoteColumn): boolean {
  if (action === 'select') return false;
  if (action === 'open') return selected;
  return !(selected && (action === 'quote' || action === 'accept' || action === 'discard'));
}

interface ToggleProps {
  readonly label: string;
  readonly on: boolean;
  readonly keys?: string;
  readonly onToggle: () => void;
}

/** A button that stays pressed: unlike a checkbox it leaves the letters on the keyboard to the screen's own keys. */
function Toggle({ label, on, keys, onToggle }: ToggleProps) {
  return (
    <Button
      variant={on ? 'light' : 'default'}
      leftSection={on ? <IconCheck size={14} aria-hidden /> : null}
      aria-pressed={on}
      {...(keys ? { 'aria-keyshortcuts': keys } : {})}
      onClick={onToggle}
    >
      {label}
    </Button>
  );
}
