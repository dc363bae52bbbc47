import './versions.css';
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useActions } from '../../../app/actions.tsx';
import { text } from '../../../app/text.ts';
import type { LabPartProps } from '../lab-part-props.ts';
import { BlameView } from './blame-view.tsx';
import { EnvironmentsView } from './environments-view.tsx';
import { History } from './history.tsx';
import { ReceiptView } from './receipt-view.tsx';

const VIEWS = ['history', 'blame', 'receipts', 'environments'] as const;
type View = (typeof VIEWS)[number];
const KEYS: Readonly<Record<View, string>> = { history: 'h', blame: 'b', receipts: 'r', environments: 'e' };

/** The versions of a product: their history and differences, who set what, and receipts that prove a price. */
export function Versions({ product }: LabPartProps) {
  const [view, show] = useState<View>('history');
  const names = text.labVersions;
  useActions(
    text.lab.parts.versions,
    VIEWS.map((one) => ({ label: names.keys[one], keys: KEYS[one], run: () => show(one) })),
  );
  return (
    <>
      <div className="versions-bar">
        <SegmentedControl
          aria-label={names.viewsLabel}
          transitionDuration={0}
          value={view}
          onChange={(chosen) => show(chosen as View)}
          data={VIEWS.map((value) => ({ value, label: names.views[value] }))}
        />
      </div>
      {view === 'history' ? <History product={product} /> : null}
      {view === 'blame' ? <BlameView product={product} /> : null}
      {view === 'receipts' ? <ReceiptView /> : null}
      {view === 'environments' ? <EnvironmentsView product={product} /> : null}
    </>
  );
}
