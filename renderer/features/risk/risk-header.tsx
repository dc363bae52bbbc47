import { Badge, Button, Group, Text, Title } from '@mantine/core';
import type { PricePreview, ProductForm, StoredRisk } from '#core/api/contract.ts';
import { dayOf, money } from '../../app/format.ts';
import { address, RISK_TABS, type RiskTab } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { insuredName } from './form.ts';
import type { Risk, RiskState } from './use-risk.ts';
import type { WhatIf } from './use-what-if.ts';

interface RiskHeaderProps {
  readonly product: ProductForm;
  readonly stored: StoredRisk | undefined;
  readonly risk: Risk;
  readonly whatIf: WhatIf;
  readonly preview: PricePreview | undefined;
  readonly tab: RiskTab;
  readonly busy: boolean;
  readonly onIssue: () => void;
}

/** What this risk is, where it stands, what it costs, what is missing, and what can be done next: always in sight. */
export function RiskHeader({ product, stored, risk, whatIf, preview, tab, busy, onIssue }: RiskHeaderProps) {
  const { state, form, missing } = risk;
  const editable = risk.editable && !whatIf.active;
  const insured = insuredName(product, form);
  const decision = preview?.underwriting?.decision;
  return (
    <header className="risk-head">
      <Group justify="space-between" className="risk-top">
        <Title order={1}>
          {insured || text.risk.unnamed} <span className="risk-product">{product.displayName}</span>
        </Title>
        <Group gap="xs" wrap="nowrap" className="risk-actions">
          {editable ? (
            <>
              <Text size="xs" c="dimmed" className="saved-state">
                {stored && !risk.dirty ? text.risk.saved : text.risk.unsaved}
              </Text>
              {risk.dirty ? (
                <Button variant="subtle" color="gray" onClick={risk.startOver} disabled={busy}>
                  {stored ? text.risk.revert : text.risk.startOver}
                </Button>
              ) : null}
              <Button
                variant="default"
                onClick={() => risk.save.mutate()}
                loading={risk.save.isPending}
                disabled={busy}
              >
                {text.risk.save}
              </Button>
              <Button onClick={() => risk.finalize.mutate()} loading={risk.finalize.isPending} disabled={busy}>
                {text.risk.finalize}
              </Button>
            </>
          ) : null}
          {whatIf.active || state === 'discarded' ? null : (
            <Button variant="subtle" color="gray" onClick={whatIf.start}>
              {text.whatIf.start}
            </Button>
          )}
          {state === 'accepted' && !whatIf.active ? (
            <Button onClick={onIssue} disabled={busy} loading={risk.issue.isPending}>
              {text.risk.issue}
            </Button>
          ) : null}
          {stored && !whatIf.active && (state === 'draft' || state === 'accepted' || state === 'declined') ? (
            <Button variant="subtle" color="gray" onClick={() => risk.discard.mutate()} disabled={busy}>
              {text.risk.discard}
            </Button>
          ) : null}
        </Group>
      </Group>
      <Group gap="md" className="risk-facts">
        <StateBadge state={state} />
        {whatIf.active ? (
          <Badge color="violet" variant="light">
            {text.whatIf.title}
          </Badge>
        ) : null}
        {stored && state === 'issued' ? <Text size="sm">{text.risk.issuedAs(stored.policy.displayId)}</Text> : null}
        <Text size="sm" c="dimmed">
          {dayOf(form.start)} – {dayOf(form.end)}
        </Text>
        {preview?.price ? (
          <Text size="sm" c="dimmed">
            {text.risk.premium} <strong>{money(preview.price.grossPremium, preview.price.currency)}</strong>
          </Text>
        ) : null}
        {decision ? (
          <Text size="sm" c="dimmed">
            {text.risk.decisions[decision]}
          </Text>
        ) : null}
        {editable && missing > 0 ? (
          <Button variant="light" color="orange" size="compact-xs" onClick={risk.showErrors}>
            {text.risk.incomplete(missing)}
          </Button>
        ) : null}
      </Group>
      <TabLinks product={product} stored={stored} open={tab} />
    </header>
  );
}

/** The parts of a risk; links, so that each has an address and opens in a window of its own. */
function TabLinks({ product, stored, open }: Pick<RiskHeaderProps, 'product' | 'stored'> & { readonly open: RiskTab }) {
  const places = RISK_TABS.filter((tab) => stored !== undefined || NEW_TABS.includes(tab));
  return (
    <nav className="risk-tabs" aria-label={text.risk.parts}>
      {places.map((tab) => (
        <a key={tab} href={tabAddress(product, stored, tab)} aria-current={tab === open ? 'page' : undefined}>
          {text.risk.tabs[tab]}
        </a>
      ))}
    </nav>
  );
}

/** What a risk has before it is saved. */
export const NEW_TABS: readonly RiskTab[] = ['details', 'underwriting'];

export function tabAddress(product: ProductForm, stored: StoredRisk | undefined, tab: RiskTab): string {
  return stored
    ? address({ screen: 'policy', locator: stored.policy.locator, tab })
    : address({ screen: 'quote', product: product.name, tab });
}

const STATE_COLORS: Readonly<Record<RiskState, string>> = {
  new: 'gray',
  draft: 'gray',
  accepted: 'teal',
  declined: 'red',
  discarded: 'gray',
  issued: 'field',
};

function StateBadge({ state }: { readonly state: RiskState }) {
  return (
    <Badge variant="light" color={STATE_COLORS[state]} data-testid="state">
      {text.states[state === 'new' ? 'draft' : state]}
    </Badge>
  );
}
