import { Alert, Badge, Button, Divider, Modal, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useState } from 'react';
import type { PricePreview, ProductForm } from '#core/api/contract.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { AutomatedUnderwritingResultResponse } from '#core/model/policy.ts';
import { money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Amount } from '../../components/amount.tsx';
import { perilTitle } from './form.ts';
import { type WorksheetPath, WorksheetTree } from './worksheet-tree.tsx';

interface PricePanelProps {
  readonly preview: PricePreview | undefined;
  /** A newer price is on its way; the old one stays readable. */
  readonly pending: boolean;
  readonly product: ProductForm;
  readonly final: boolean;
}

interface Row {
  readonly key: string;
  readonly label: string;
  readonly amount: string;
  readonly kind?: 'sum' | 'exposure' | 'peril';
  readonly path?: WorksheetPath;
}

/** The price while typing, and the door to every number of it. */
export function PricePanel({ preview, pending, product, final }: PricePanelProps) {
  const [shown, setShown] = useState<{ readonly of: 'price' | 'decision'; readonly path?: WorksheetPath }>();
  // While a risk is typed its worksheet comes a moment after the price; of a stored one it is there or was not kept.
  const explained = !final || preview?.worksheet !== undefined;
  const worksheet = shown?.of === 'decision' ? preview?.underwritingWorksheet : preview?.worksheet;
  const price = preview?.price;
  const rows: readonly Row[] = price
    ? [
        ...perilRows(product, price),
        { key: 'premium', label: text.risk.premium, amount: price.grossPremium, kind: 'sum' },
        ...price.taxGroups.map((tax) => ({ key: `tax-${tax.name}`, label: titled(tax.name), amount: tax.amount })),
        ...(price.taxGroups.length === 0 ? [{ key: 'taxes', label: text.risk.taxes, amount: price.grossTaxes }] : []),
        ...price.fees.map((fee, index) => ({
          key: `fee-${index}`,
          label: fee.description || fee.name,
          amount: fee.amount,
        })),
      ]
    : [];
  return (
    <Stack gap="sm" aria-busy={pending}>
      <Title order={2}>{text.risk.price}</Title>
      {preview === undefined ? <Skeleton height={160} /> : null}
      {preview && !price && preview.fieldErrors.length > 0 ? (
        <Text size="sm" c="dimmed">
          {text.risk.priceLater}
        </Text>
      ) : null}
      {price ? (
        <div className={pending ? 'stale' : ''}>
          <div className="total" role="status" aria-live="polite">
            <span>{text.risk.total}</span>
            <strong data-testid="total">
              <Amount value={money(price.total, price.currency)} />
            </strong>
          </div>
          <Table verticalSpacing={4} horizontalSpacing={0} withRowBorders={false}>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.key} className={row.kind ? `price-${row.kind}` : ''}>
                  <Table.Td>{row.label}</Table.Td>
                  <Table.Td className="amount">
                    <button
                      type="button"
                      className="number-door"
                      title={text.risk.worksheetHint}
                      onClick={() => explained && setShown({ of: 'price', ...(row.path ? { path: row.path } : {}) })}
                    >
                      <Amount value={money(row.amount, price.currency)} />
                    </button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      ) : null}
      {preview?.problem ? (
        <Alert color="red" title={preview.problem.title}>
          {preview.problem.detail}
        </Alert>
      ) : null}
      {preview?.worksheet || (price && explained) ? (
        <Button
          variant="default"
          leftSection={<IconListDetails size={14} />}
          aria-keyshortcuts="w"
          data-shortcut="w"
          onClick={() => setShown({ of: 'price' })}
        >
          {text.risk.worksheet}
        </Button>
      ) : null}
      <Divider />
      <Title order={2}>{text.risk.decision}</Title>
      <Decision result={preview?.underwriting} final={final} priced={price !== undefined} />
      {preview?.underwritingWorksheet || (preview?.underwriting && !final) ? (
        <Button variant="subtle" onClick={() => setShown({ of: 'decision' })}>
          {text.risk.worksheet}
        </Button>
      ) : null}
      <Modal
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        title={text.risk.worksheet}
        size="80%"
        transitionProps={{ duration: 0 }}
      >
        {worksheet ? (
          <WorksheetTree
            title={`${product.displayName}: ${text.risk.worksheet}`}
            steps={worksheet.steps}
            {...(shown?.path ? { path: shown.path } : {})}
          />
        ) : (
          <Skeleton height={200} />
        )}
      </Modal>
    </Stack>
  );
}

/** The premium of each exposure, with those of its perils below; an exposure alone needs no line of its own. */
function perilRows(product: ProductForm, { perils }: NonNullable<PricePreview['price']>): readonly Row[] {
  const exposures = [...new Set(perils.map(({ exposureIndex }) => exposureIndex))];
  return exposures.flatMap((index) => {
    const covers = perils.filter(({ exposureIndex }) => exposureIndex === index);
    const name = covers[0]?.exposureName ?? '';
    const title = product.exposures.find((exposure) => exposure.name === name)?.displayName ?? name;
    const section = `${name} ${index + 1}`;
    const rows = covers.map(
      (peril): Row => ({
        key: `${index} ${peril.perilName}`,
        label: perilTitle(product, peril.perilName),
        amount: peril.premium,
        kind: 'peril',
        path: [section, peril.perilName],
      }),
    );
    const sum = covers.reduce((total, { premium }) => total.plus(premium), new Decimal(0)).toString();
    return [
      { key: `${index}`, label: `${title} ${index + 1}`, amount: sum, kind: 'exposure', path: [section] } as const,
      ...rows,
    ];
  });
}

export const DECISION_COLORS = { accept: 'teal.9', reject: 'red.9', none: 'orange.9' } as const;

export function Decision({
  result,
  final,
  priced,
}: {
  readonly result: AutomatedUnderwritingResultResponse | undefined;
  readonly final: boolean;
  readonly priced: boolean;
}) {
  if (!result)
    return (
      <Text size="sm" c="dimmed">
        {priced ? text.risk.noGate : '–'}
      </Text>
    );
  return (
    <Stack gap="xs">
      <div>
        <Badge color={DECISION_COLORS[result.decision]} variant="filled" data-testid="decision">
          {text.risk.decisions[result.decision]}
        </Badge>
      </div>
      {result.notes.length > 0 ? (
        <ul className="notes">
          {result.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      {final ? null : (
        <Text size="xs" c="dimmed">
          {text.risk.decisionPreview}
        </Text>
      )}
    </Stack>
  );
}
