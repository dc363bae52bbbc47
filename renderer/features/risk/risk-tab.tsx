import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PricePreview, ProductForm, StoredRisk } from '#core/api/contract.ts';
import type { RiskTab } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { BillingTab } from '../billing/billing-tab.tsx';
import { ClaimsTab } from '../claims/claims-tab.tsx';
import { DocumentsTab } from '../documents/documents-tab.tsx';
import { HistoryTab } from '../history/history-tab.tsx';
import { NotesTab } from '../notes/notes-tab.tsx';
import { QuotesTab } from '../quotes/quotes-tab.tsx';
import { TimelineTab } from '../transactions/timeline-tab.tsx';
import { UnderwritingTab } from '../underwriting/underwriting-tab.tsx';
import { DetailsTab } from './details-tab.tsx';
import type { Risk } from './use-risk.ts';

/** What every tab of a risk may look at. */
export interface RiskTabProps {
  readonly product: ProductForm;
  /** Absent while a new quote was not saved. */
  readonly stored: StoredRisk | undefined;
  readonly risk: Risk;
  /** Price and decision as they stand: live while the risk is edited, as stored afterwards. */
  readonly preview: PricePreview | undefined;
}

/** The content of a tab; what needs a saved risk says so. */
export function riskTab(tab: RiskTab, props: RiskTabProps): ReactNode {
  const { product, stored, risk, preview } = props;
  if (tab === 'details') return <DetailsTab product={product} risk={risk} preview={preview} />;
  if (tab === 'underwriting') return <UnderwritingTab product={product} risk={risk} preview={preview} />;
  if (!stored) return <Text c="dimmed">{text.risk.saveFirst}</Text>;
  switch (tab) {
    case 'quotes':
      return <QuotesTab product={product} stored={stored} risk={risk} />;
    case 'timeline':
      return <TimelineTab product={product} policy={stored.policy} />;
    case 'billing':
      return <BillingTab product={product} policy={stored.policy} />;
    case 'claims':
      return <ClaimsTab product={product} policy={stored.policy} />;
    case 'documents':
      return <DocumentsTab policy={stored.policy} timeZone={product.timeZone} />;
    case 'notes':
      return <NotesTab locator={stored.policy.locator} timeZone={product.timeZone} />;
    case 'history':
      return (
        <HistoryTab
          locator={stored.policy.locator}
          name={stored.policy.displayId}
          currency={product.currency}
          timeZone={product.timeZone}
        />
      );
    default:
      return <Text c="dimmed">{text.frame.later}</Text>;
  }
}
