import { Button, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import { Decimal } from '#core/model/decimal.ts';
import { priceSteps } from '#core/model/price-difference.ts';
import { change, money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import type { WaterfallBar } from '../../components/waterfall.tsx';
import { exposureTitles, perilTitle, type RiskForm } from './form.ts';
import type { WhatIf } from './use-what-if.ts';

const Waterfall = lazy(async () => ({ default: (await import('../../components/waterfall.tsx')).Waterfall }));

/** What the scratch copy does to the price, as a waterfall and as a table; to be kept or dropped. */
export function WhatIfPanel({ product, whatIf }: { readonly product: ProductForm; readonly whatIf: WhatIf }) {
  const { before, after, base, form } = whatIf;
  const keep = useMutation({ mutationFn: whatIf.keep });
  const steps = useMemo(() => {
    if (!before?.price || !after?.price) return undefined;
    const identified = (one: RiskForm) =>
      exposureTitles(product, one).map((title, index) => ({ key: one.exposures[index]?.key ?? '', title }));
    return priceSteps(
      { price: before.price, exposures: identified(base) },
      { price: after.price, exposures: identified(form) },
      { peril: (exposure, peril) => `${exposure} · ${perilTitle(product, peril)}`, rest: text.whatIf.rest },
    ).filter(({ difference }) => !new Decimal(difference).isZero());
  }, [product, before, after, base, form]);
  const currency = after?.price?.currency ?? product.currency;
  const bars = useMemo<readonly WaterfallBar[]>(() => {
    if (!steps || !before?.price || !after?.price) return [];
    const total = (label: string, amount: string): WaterfallBar => ({
      label,
      kind: 'total',
      value: Number(amount),
      text: money(amount, currency),
    });
    return [
      total(text.whatIf.before, before.price.total),
      ...steps.map(
        ({ label, difference }): WaterfallBar => ({
          label: titled(label),
          kind: 'difference',
          value: Number(difference),
          text: change(difference, currency),
        }),
      ),
      total(text.whatIf.after, after.price.total),
    ];
  }, [steps, before, after, currency]);
  const moved =
    before?.price && after?.price ? new Decimal(after.price.total).minus(before.price.total).toFixed() : undefined;
  return (
    <Stack gap="sm" data-testid="what-if">
      <Title order={2}>{text.whatIf.title}</Title>
      <Text size="sm" c="dimmed">
        {text.whatIf.hint}
      </Text>
      <div className="total" role="status" aria-live="polite">
        <span>{text.whatIf.moved}</span>
        <strong data-testid="moved">{moved === undefined ? '–' : change(moved, currency)}</strong>
      </div>
      {before?.underwriting && after?.underwriting && before.underwriting.decision !== after.underwriting.decision ? (
        <Text size="sm">
          {text.whatIf.decision(
            text.risk.decisions[before.underwriting.decision],
            text.risk.decisions[after.underwriting.decision],
          )}
        </Text>
      ) : null}
      {bars.length > 2 ? (
        <>
          <Suspense fallback={<Skeleton height={bars.length * 26} />}>
            <Waterfall title={text.whatIf.chart} bars={bars} />
          </Suspense>
          <details>
            <summary>{text.whatIf.table}</summary>
            <Table verticalSpacing={3} horizontalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{text.whatIf.part}</Table.Th>
                  <Table.Th className="amount">{text.whatIf.before}</Table.Th>
                  <Table.Th className="amount">{text.whatIf.after}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {(steps ?? []).map((step) => (
                  <Table.Tr key={step.key}>
                    <Table.Td>{titled(step.label)}</Table.Td>
                    <Table.Td className="amount">{money(step.before, currency)}</Table.Td>
                    <Table.Td className="amount">{money(step.after, currency)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </details>
        </>
      ) : (
        <Text size="sm">{whatIf.changed ? text.whatIf.same : text.whatIf.begin}</Text>
      )}
      {after && !after.price ? <Text size="sm">{text.risk.incomplete(after.fieldErrors.length)}</Text> : null}
      {after?.problem ? <Text size="sm">{after.problem.detail}</Text> : null}
      {keep.error ? <Failure error={keep.error} /> : null}
      <Group>
        {whatIf.keeps === 'no' ? (
          <Text size="xs" c="dimmed">
            {text.whatIf.endorse}
          </Text>
        ) : (
          <Button onClick={() => keep.mutate()} loading={keep.isPending} disabled={!whatIf.changed}>
            {whatIf.keeps === 'draft' ? text.whatIf.keep : text.whatIf.keepAsQuote}
          </Button>
        )}
        <Button variant="default" onClick={whatIf.drop}>
          {text.whatIf.drop}
        </Button>
      </Group>
    </Stack>
  );
}
