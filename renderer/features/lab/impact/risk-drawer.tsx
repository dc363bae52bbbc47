import { Drawer, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ImpactRisk } from '#core/api/contracts/lab-impact.ts';
import { Decimal } from '#core/model/decimal.ts';
import { call } from '../../../app/client.ts';
import { change, money } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';
import { WorksheetTree } from '../../risk/worksheet-tree.tsx';
import { PriceWaterfall, replacedBy } from './price-waterfall.tsx';

const names = text.labImpact;

interface RiskDrawerProps {
  readonly run: string;
  readonly index: number;
  readonly currency: string;
  readonly onClose: () => void;
}

/** One risk of the book: what moved its price, step by step, and both worksheets. */
export function RiskDrawer({ run, index, currency, onClose }: RiskDrawerProps) {
  const risk = useQuery({
    queryKey: ['impact', run, 'risk', index],
    queryFn: () => call<ImpactRisk>('GET', `/api/lab/impact/runs/${run}/risks/${index}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data } = risk;
  return (
    <Drawer opened onClose={onClose} position="right" size={680} title={data ? `${names.why}: ${data.key}` : names.why}>
      {risk.error ? (
        <Failure error={risk.error} />
      ) : data ? (
        <Explained risk={data} currency={currency} />
      ) : (
        <Skeleton height={320} />
      )}
    </Drawer>
  );
}

function Explained({ risk, currency }: { readonly risk: ImpactRisk; readonly currency: string }) {
  const { before, after, difference, byFile } = risk;
  const steps = useMemo(
    () =>
      byFile
        ? byFile.map(({ name, difference: moved }) => ({ key: name, label: name, difference: moved }))
        : (difference?.steps ?? []).map(({ key, label, difference: moved, before: was, after: is }) => ({
            key,
            label,
            difference: moved,
            detail: replacedBy(was, is),
          })),
    [difference, byFile],
  );
  return (
    <Stack gap="sm" data-testid="risk">
      {difference ? (
        <Text>
          {money(difference.before, currency)} → <strong>{money(difference.after, currency)}</strong> (
          {change(new Decimal(difference.after).minus(difference.before).toFixed(), currency)})
        </Text>
      ) : (
        <Text>
          {names.unexplained} {before.problem ?? after.problem}
        </Text>
      )}
      {difference && steps.length === 0 ? <Text>{names.nothingMoved}</Text> : null}
      {difference && steps.length > 0 ? (
        <PriceWaterfall
          title={names.why}
          before={difference.before}
          after={difference.after}
          steps={steps}
          currency={currency}
        />
      ) : null}
      {before.worksheet ? (
        <details>
          <summary>{names.worksheetBefore}</summary>
          <WorksheetTree title={names.worksheetBefore} steps={before.worksheet.steps} />
        </details>
      ) : null}
      {after.worksheet ? (
        <details>
          <summary>{names.worksheetAfter}</summary>
          <WorksheetTree title={names.worksheetAfter} steps={after.worksheet.steps} />
        </details>
      ) : null}
    </Stack>
  );
}
