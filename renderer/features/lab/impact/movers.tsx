import { Anchor, SegmentedControl, Table, Title } from '@mantine/core';
import type { ImpactMover, ImpactResult } from '#core/api/contracts/lab-impact.ts';
import { money, number } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { type ImpactView, percent } from './view.ts';

const names = text.labImpact;

interface MoversProps {
  readonly result: ImpactResult;
  readonly view: ImpactView;
  readonly setView: (view: ImpactView) => void;
  readonly onOpen: (index: number) => void;
}

/** Who gains and who loses most; each opens with what moved its price. */
export function Movers({ result, view, setView, onOpen }: MoversProps) {
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={names.tabs.movers}
        value={view.movers}
        onChange={(movers) => setView({ ...view, movers: movers === 'percent' ? 'percent' : 'amount' })}
        data={[
          { value: 'amount', label: names.byAmount },
          { value: 'percent', label: names.byPercent },
        ]}
        style={{ alignSelf: 'start' }}
      />
      <div className="impact-two">
        <MoverTable title={names.losers} movers={result.losers} currency={result.currency} onOpen={onOpen} />
        <MoverTable title={names.winners} movers={result.winners} currency={result.currency} onOpen={onOpen} />
      </div>
    </>
  );
}

interface MoverTableProps {
  readonly title: string;
  readonly movers: readonly ImpactMover[];
  readonly currency: string;
  readonly onOpen: (index: number) => void;
}

function MoverTable({ title, movers, currency, onOpen }: MoverTableProps) {
  return (
    <section aria-label={title}>
      <Title order={3}>{title}</Title>
      <Table verticalSpacing={3} horizontalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{names.risk}</Table.Th>
            <Table.Th className="amount">{names.place}</Table.Th>
            <Table.Th className="amount">{names.before}</Table.Th>
            <Table.Th className="amount">{names.after}</Table.Th>
            <Table.Th className="amount">{names.change}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {movers.map((mover) => (
            <Table.Tr key={mover.index}>
              <Table.Td>
                <Anchor component="button" type="button" size="sm" onClick={() => onOpen(mover.index)}>
                  {mover.key}
                </Anchor>
              </Table.Td>
              <Table.Td className="amount">{number(String(mover.index + 1))}</Table.Td>
              <Table.Td className="amount">{money(mover.before, currency)}</Table.Td>
              <Table.Td className="amount">{money(mover.after, currency)}</Table.Td>
              <Table.Td className="amount">{percent(mover.percent)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
