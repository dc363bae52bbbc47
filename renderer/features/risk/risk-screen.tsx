import { Alert, Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import type { PolicyWorksheets, ProductForm, StoredRisk } from '#core/api/contract.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { day, money } from '../../app/format.ts';
import { RISK_TABS, type RiskTab } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { FailedPage, Failure } from '../../components/failure.tsx';
import { failureOf } from '../../components/failure-of.ts';
import { MakeCaseButton } from '../lab/tests/make-case-button.tsx';
import { ReceiptButton } from '../lab/versions/receipt-button.tsx';
import { DocumentList } from './document-list.tsx';
import { PricePanel } from './price-panel.tsx';
import { NEW_TABS, RiskHeader, tabAddress } from './risk-header.tsx';
import { riskTab } from './risk-tab.tsx';
import { SidePane, useBeside } from './side-pane.tsx';
import { useProduct, useStoredRisk } from './stored.ts';
import { storedPrice } from './stored-price.ts';
import { useRisk } from './use-risk.ts';
import { useWhatIf } from './use-what-if.ts';
import { WhatIfPanel } from './what-if-panel.tsx';

/** A new quote of a product. */
export function NewQuote({ product: name, tab }: { readonly product: string; readonly tab: RiskTab }) {
  const product = useProduct(name);
  const error = failureOf(product);
  if (error) return <FailedPage error={error} />;
  if (!product.data) return <Loading />;
  return <RiskScreen key={name} product={product.data} tab={tab} />;
}

/** A stored risk, in whatever state it is. */
export function StoredPolicy({ locator, tab }: { readonly locator: string; readonly tab: RiskTab }) {
  const stored = useStoredRisk(locator);
  const product = useProduct(stored.data?.policy.productName, stored.data?.policy.configVersion);
  const error = failureOf(stored, product);
  if (error) return <FailedPage error={error} />;
  if (!stored.data || !product.data) return <Loading />;
  return (
    <RiskScreen
      key={`${locator} ${stored.data.policy.updatedTimestamp}`}
      product={product.data}
      stored={stored.data}
      tab={tab}
    />
  );
}

function Loading() {
  return (
    <div className="risk">
      <Stack gap="md">
        <Skeleton height={28} width={280} />
        <Skeleton height={140} />
        <Skeleton height={260} />
      </Stack>
      <Skeleton height={320} />
    </div>
  );
}

interface RiskScreenProps {
  readonly product: ProductForm;
  readonly stored?: StoredRisk;
  readonly tab: RiskTab;
}

function RiskScreen({ product, stored, tab }: RiskScreenProps) {
  const [remembered, setBeside] = useBeside();
  const real = useRisk(product, stored, tab === 'underwriting' || remembered === 'underwriting');
  const whatIf = useWhatIf(product, stored, real);
  const { risk } = whatIf;
  const { state } = real;
  const editable = real.editable && !whatIf.active;
  const [asking, ask] = useState(false);
  // What a risk is, where it stands and what it costs is on the screen before its form, which takes longer to draw.
  const formToo = useDeferredValue(true, false);
  const page = useRef<HTMLElement>(null);
  // A part begins at its top, wherever the one before was read to.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the part is what it is about
  useEffect(() => {
    // In braces: scrolling answers with a promise in newer Chromium, which React would call as the effect's end.
    page.current?.scrollTo(0, 0);
  }, [tab]);
  const worksheets = useQuery({
    queryKey: ['worksheets', stored?.policy.locator],
    queryFn: () => call<PolicyWorksheets>('GET', `/api/policies/${stored?.policy.locator}/worksheets`),
    enabled: stored !== undefined && !real.editable,
  });
  const preview =
    whatIf.active || real.editable || !stored
      ? risk.preview.data
      : storedPrice(stored.policy, worksheets.data, product.currency);
  const busy = [risk.save, risk.finalize, risk.issue, risk.discard].some((step) => step.isPending);
  const error =
    risk.failure ??
    risk.finalize.error ??
    risk.issue.error ??
    risk.save.error ??
    risk.discard.error ??
    risk.preview.error;
  const parts = stored ? RISK_TABS : NEW_TABS;
  const beside = parts.find((part) => part === remembered) ?? 'price';
  const goTo = (part: RiskTab): void => {
    window.location.hash = tabAddress(product, stored, part);
  };
  useActions(product.displayName, [
    ...(editable
      ? [
          { label: text.risk.save, keys: 'mod+s', run: () => busy || risk.save.mutate() },
          { label: text.risk.finalize, keys: 'mod+Enter', run: () => busy || risk.finalize.mutate() },
          { label: text.risk.undo, keys: 'mod+z', run: risk.undo },
          { label: text.risk.redo, keys: 'mod+shift+z', run: risk.redo },
          { label: text.risk.nextMissing, keys: 'mod+m', run: risk.showErrors },
        ]
      : []),
    whatIf.active
      ? { label: text.whatIf.drop, keys: 'mod+i', run: whatIf.drop }
      : { label: text.whatIf.start, keys: 'mod+i', run: whatIf.start },
    ...(state === 'accepted' && !whatIf.active
      ? [{ label: text.risk.issue, keys: 'mod+Enter', run: () => ask(true) }]
      : []),
    {
      label: text.risk.worksheet,
      keys: 'w',
      run: () => document.querySelector<HTMLButtonElement>('[data-shortcut="w"]')?.click(),
    },
    ...parts.map((part) => ({
      label: text.risk.tabs[part],
      keys: `${RISK_TABS.indexOf(part) + 1}`,
      run: () => goTo(part),
    })),
  ]);
  const shown = { product, stored, risk, preview };
  return (
    <div className="risk">
      <main className="risk-form" ref={page}>
        <RiskHeader {...shown} whatIf={whatIf} tab={tab} busy={busy} onIssue={() => ask(true)} />
        {error ? <Failure error={error} /> : null}
        {risk.overtaken ? <Overtaken {...risk.overtaken} /> : null}
        {state === 'declined' ? <Alert color="orange">{text.risk.deadEnd}</Alert> : null}
        {formToo ? riskTab(tab, shown) : null}
      </main>
      <SidePane beside={whatIf.active ? undefined : beside} parts={parts} onChoose={setBeside}>
        {whatIf.active ? (
          <WhatIfPanel product={product} whatIf={whatIf} />
        ) : beside === 'price' ? (
          <>
            <PricePanel
              preview={preview}
              pending={editable && risk.preview.isFetching}
              product={product}
              final={!editable}
            />
            {stored && preview?.price && !editable ? (
              <Group gap="xs">
                <ReceiptButton of={stored.policy.locator} />
                <MakeCaseButton of={stored.policy.locator} />
              </Group>
            ) : null}
            {stored && !editable ? <DocumentList policy={stored.policy} /> : null}
          </>
        ) : (
          riskTab(beside, shown)
        )}
      </SidePane>
      <IssueDialog
        opened={asking}
        effect={text.risk.issueEffect(
          money(preview?.price?.total, preview?.price?.currency ?? product.currency),
          stored ? day(stored.policy.originalContractStartTimestamp, product.timeZone) : risk.form.start,
        )}
        onClose={() => ask(false)}
        onIssue={() => risk.issue.mutate()}
      />
    </div>
  );
}

/** The draft was changed elsewhere while somebody typed here: both are kept until they choose. */
function Overtaken({ takeMine, dropMine }: { readonly takeMine: () => void; readonly dropMine: () => void }) {
  return (
    <Alert color="orange" title={text.risk.overtaken} my="sm">
      <Text size="sm">{text.risk.overtakenHint}</Text>
      <Group mt="xs">
        <Button variant="light" onClick={takeMine}>
          {text.risk.takeMine}
        </Button>
        <Button variant="subtle" color="gray" onClick={dropMine}>
          {text.risk.dropMine}
        </Button>
      </Group>
    </Alert>
  );
}

interface IssueDialogProps {
  readonly opened: boolean;
  readonly effect: string;
  readonly onClose: () => void;
  readonly onIssue: () => void;
}

/** Issuing binds in the world outside: the effect is named in words and money first. */
function IssueDialog({ opened, effect, onClose, onIssue }: IssueDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={text.risk.issueTitle} transitionProps={{ duration: 0 }}>
      <Stack>
        <Text>{effect}</Text>
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {text.risk.cancel}
          </Button>
          <Button
            data-autofocus
            onClick={() => {
              onClose();
              onIssue();
            }}
          >
            {text.risk.issue}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
