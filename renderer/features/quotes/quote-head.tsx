import { ActionIcon, Badge, Button, Menu, Text } from '@mantine/core';
import { IconCheck, IconDots } from '@tabler/icons-react';
import type { QuoteState } from '#core/model/policy.ts';
import { text } from '../../app/text.ts';
import type { QuoteColumn } from './compare.ts';

export type QuoteAction = 'open' | 'new' | 'rename' | 'select' | 'quote' | 'accept' | 'invalidate' | 'discard';

const STATE_COLORS: Readonly<Record<QuoteState, string>> = {
  draft: 'gray',
  quoted: 'field',
  accepted: 'teal',
  declined: 'red',
  discarded: 'gray',
};

/** What can be done with a quote where it stands (formats §3.5). @param accepted another quote of the risk is accepted */
export function actionsFor(quote: QuoteColumn, issued: boolean, accepted: boolean): readonly QuoteAction[] {
  const { state, selected } = quote;
  if (issued) return [];
  if (state === 'discarded') return ['new'];
  return [
    'open',
    'new',
    ...(state === 'draft' ? (['rename'] as const) : []),
    ...(selected ? [] : (['select'] as const)),
    ...(state === 'draft' ? (['quote'] as const) : []),
    ...((state === 'draft' || state === 'quoted') && !accepted ? (['accept'] as const) : []),
    ...(state === 'accepted' ? (['invalidate'] as const) : []),
    'discard',
  ];
}

function actionLabel(action: QuoteAction): string {
  return action === 'new' ? text.quotes.newShort : text.quotes[action];
}

interface QuoteHeadProps {
  readonly quote: QuoteColumn;
  /** What it costs, and how much more or less than the base; empty where it is not known. */
  readonly total: string;
  readonly difference: string;
  readonly actions: readonly QuoteAction[];
  readonly busy: boolean;
  readonly isBase: boolean;
  readonly onBase: () => void;
  readonly onAction: (action: QuoteAction) => void;
}

/** The head of a column: which quote, where it stands, the next step, and everything else behind the dots. */
export function QuoteHead({ quote, total, difference, actions, busy, isBase, onBase, onAction }: QuoteHeadProps) {
  const next = actions.find((action) => action === (quote.state === 'draft' ? 'quote' : 'accept'));
  return (
    <div className="quote-head">
      <div className="quote-name">
        <strong>{quote.name}</strong>
        {actions.length > 0 ? (
          <Menu position="bottom-end" transitionProps={{ duration: 0 }} withinPortal>
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={text.quotes.more(quote.name)}
                disabled={busy}
              >
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {actions.map((action) => (
                <Menu.Item key={action} onClick={() => onAction(action)} color={action === 'discard' ? 'red' : ''}>
                  {actionLabel(action)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </div>
      <div className="quote-state">
        <Badge variant="light" color={STATE_COLORS[quote.state]} size="sm">
          {text.states[quote.state]}
        </Badge>
        {quote.selected ? (
          <Text span size="xs" fw={600}>
            {text.quotes.current}
          </Text>
        ) : null}
      </div>
      <div className="quote-price">
        <strong>{total}</strong>
        <span className="quote-difference">{difference}</span>
      </div>
      <div className="quote-tools">
        <Button
          size="compact-xs"
          variant={isBase ? 'light' : 'subtle'}
          color={isBase ? 'field' : 'gray'}
          leftSection={isBase ? <IconCheck size={12} aria-hidden /> : null}
          aria-label={text.quotes.makeBase(quote.name)}
          aria-pressed={isBase}
          onClick={onBase}
        >
          {text.quotes.base}
        </Button>
        {next ? (
          <Button size="compact-xs" variant="default" disabled={busy} onClick={() => onAction(next)}>
            {actionLabel(next)}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
