import { Select } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { RISK_TABS, type RiskTab } from '../../app/route.ts';
import { text } from '../../app/text.ts';

export type Beside = 'price' | RiskTab;

/** What stands beside the open part of a risk: the price, or any other part; remembered for the next risk. */
export function useBeside() {
  return useLocalStorage<Beside>({
    key: 'fieldwriter.beside',
    defaultValue: 'price',
    getInitialValueInEffect: false,
    deserialize: (stored) => (['price', ...RISK_TABS].find((name) => name === stored) as Beside | undefined) ?? 'price',
    serialize: (beside) => beside,
  });
}

interface SidePaneProps {
  /** Absent while something else has the pane for itself. */
  readonly beside: Beside | undefined;
  readonly parts: readonly RiskTab[];
  readonly onChoose: (beside: Beside) => void;
  readonly children: ReactNode;
}

/** The pane on the right, which holds the price or a second part of the same risk. */
export function SidePane({ beside, parts, onChoose, children }: SidePaneProps) {
  return (
    <aside
      className={beside === 'price' ? 'risk-side' : beside ? 'risk-side wide' : 'risk-side scratch'}
      aria-label={text.risk.beside}
    >
      {beside ? (
        <Select
          className="risk-side-choice"
          variant="unstyled"
          aria-label={text.risk.showBeside}
          value={beside}
          allowDeselect={false}
          data={[
            { value: 'price', label: text.risk.price },
            ...parts.map((tab) => ({ value: tab, label: text.risk.tabs[tab] })),
          ]}
          onChange={(chosen) => onChoose((chosen ?? 'price') as Beside)}
          comboboxProps={{ width: 180, position: 'bottom-end' }}
        />
      ) : null}
      {children}
    </aside>
  );
}
