import { Divider, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import type { ProductForm } from '#core/api/contract.ts';
import type { ProductLifecycle, TransactionPreview } from '#core/api/contracts/transactions.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { change, money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Amount } from '../../components/amount.tsx';
import { Failure } from '../../components/failure.tsx';
import { perilTitle } from '../risk/form.ts';
import { Decision } from '../risk/price-panel.tsx';
import { comparedLines, type PriceLine, priceLines, sumOf, termLines } from './price-lines.ts';
import { chargeTitle, exposureTitlesBy } from './words.ts';

interface EffectPanelProps {
  readonly product: ProductForm;
  readonly lifecycle: ProductLifecycle;
  readonly policy: PolicyResponse;
  readonly preview: TransactionPreview | undefined;
  readonly pending: boolean;
  readonly error: Error | null;
  /** So many fields need attention before there is a price. */
  readonly faults: number;
  /** Start of the expiring term, milliseconds: a renewal is compared with it. */
  readonly expiring?: number | undefined;
  readonly locked: boolean;
}

/** What a transaction does to the price, line by line, adding up; and how the underwriting rules decide. */
export function EffectPanel(props: EffectPanelProps) {
  const { product, lifecycle, policy, preview, pending, error, faults, expiring, locked } = props;
  const words = text.transactions.effect;
  const { currency } = product;
  const total = preview?.price.totalChange ?? '0';
  const lines = preview ? priceLines(preview.charges) : [];
  return (
    <Stack gap="sm" aria-busy={pending}>
      <Title order={2}>{words.title}</Title>
      {error ? <Failure error={error} /> : null}
      {faults > 0 ? (
        <Text size="sm" c="dimmed">
          {text.risk.incomplete(faults)}
        </Text>
      ) : null}
      {preview ? (
        <div className={pending ? 'stale' : ''}>
          <div className="total" role="status" aria-live="polite">
            <span>{totalLabel(total)}</span>
            <strong data-testid="total-change">
              <Amount value={change(total, currency)} />
            </strong>
          </div>
          {expiring === undefined ? (
            <Changes
              product={product}
              lifecycle={lifecycle}
              policy={policy}
              lines={lines}
              total={total}
              currency={currency}
            />
          ) : (
            <Compared
              product={product}
              lifecycle={lifecycle}
              policy={policy}
              lines={lines}
              expiring={expiring}
              currency={currency}
            />
          )}
          {expiring === undefined ? (
            <Text size="xs" c="dimmed" mt="xs">
              {words.newPremium}: {money(preview.price.newGrossPremium, currency)}
            </Text>
          ) : null}
        </div>
      ) : pending ? (
        <Skeleton height={160} />
      ) : faults === 0 && !error ? (
        <Text size="sm" c="dimmed">
          {text.transactions.screen.nothingYet}
        </Text>
      ) : null}
      {preview?.underwriting ? (
        <>
          <Divider />
          <Title order={2}>{text.risk.decision}</Title>
          <Decision result={preview.underwriting} final priced />
          {locked ? null : (
            <Text size="xs" c="dimmed">
              {words.decidedLater}
            </Text>
          )}
        </>
      ) : null}
    </Stack>
  );
}

function totalLabel(total: string): string {
  const amount = new Decimal(total);
  const { same, less, more } = text.transactions.effect;
  return amount.isZero() ? same : amount.isNegative() ? less : more;
}

interface LinesProps {
  readonly product: ProductForm;
  readonly lifecycle: ProductLifecycle;
  readonly policy: PolicyResponse;
  readonly lines: readonly PriceLine[];
  readonly currency: string;
}

function Changes({ product, lifecycle, policy, lines, total, currency }: LinesProps & { readonly total: string }) {
  const words = text.transactions.effect;
  const titles = exposureTitlesBy(product, policy);
  const premiums = lines.filter(({ type }) => type === 'premium');
  const others = lines.filter(({ type }) => type !== 'premium');
  const exposures = [...new Set(premiums.map(({ exposureLocator }) => exposureLocator))];
  return (
    <Table verticalSpacing={3} horizontalSpacing={0} withRowBorders={false}>
      <Table.Tbody>
        {exposures.flatMap((locator) => {
          const own = premiums.filter(({ exposureLocator }) => exposureLocator === locator);
          const sum = sumOf(own.map(({ amount }) => amount));
          return [
            <Table.Tr key={locator} className="price-exposure">
              <Table.Td>{titleOf(product, titles, own[0])}</Table.Td>
              <Table.Td className="amount">{change(sum, currency)}</Table.Td>
            </Table.Tr>,
            ...own
              .filter(({ amount }) => !new Decimal(amount).isZero())
              .map((line) => (
                <Table.Tr key={line.key} className="price-peril">
                  <Table.Td>{perilTitle(product, line.perilName ?? '')}</Table.Td>
                  <Table.Td className="amount">{change(line.amount, currency)}</Table.Td>
                </Table.Tr>
              )),
          ];
        })}
        {premiums.length > 0 ? (
          <Table.Tr className="price-sum">
            <Table.Td>{words.premium}</Table.Td>
            <Table.Td className="amount">{change(sumOf(premiums.map(({ amount }) => amount)), currency)}</Table.Td>
          </Table.Tr>
        ) : null}
        {others.map((line) => (
          <Table.Tr key={line.key}>
            <Table.Td>{line.name ? chargeTitle(lifecycle, line.type, line.name) : words[line.type]}</Table.Td>
            <Table.Td className="amount">{change(line.amount, currency)}</Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr className="price-sum">
          <Table.Td>{words.total}</Table.Td>
          <Table.Td className="amount">{change(total, currency)}</Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  );
}

function Compared({
  product,
  lifecycle,
  policy,
  lines,
  expiring,
  currency,
}: LinesProps & { readonly expiring: number }) {
  const words = text.transactions.effect;
  const titles = exposureTitlesBy(product, policy);
  const compared = comparedLines(termLines(policy, expiring), lines);
  const several = new Set(compared.flatMap(({ exposureLocator }) => exposureLocator ?? [])).size > 1;
  const sum = (of: 'before' | 'after' | 'difference', type?: PriceLine['type']): string =>
    sumOf(compared.filter((line) => type === undefined || line.type === type).map((line) => line[of]));
  const row = (key: string, label: string, of: (which: 'before' | 'after' | 'difference') => string, kind = '') => (
    <Table.Tr key={key} className={kind}>
      <Table.Td>{label}</Table.Td>
      <Table.Td className="amount">{money(of('before'), currency)}</Table.Td>
      <Table.Td className="amount">{money(of('after'), currency)}</Table.Td>
      <Table.Td className="amount">{change(of('difference'), currency)}</Table.Td>
    </Table.Tr>
  );
  const label = (line: (typeof compared)[number]): string => {
    if (line.type !== 'premium') return line.name ? chargeTitle(lifecycle, line.type, line.name) : words[line.type];
    const peril = perilTitle(product, line.perilName ?? '');
    return several ? `${titleOf(product, titles, line)} · ${peril}` : peril;
  };
  return (
    <Table verticalSpacing={3} horizontalSpacing={4} withRowBorders={false} className="compared">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{words.cover}</Table.Th>
          <Table.Th scope="col" className="amount">
            {words.expiring}
          </Table.Th>
          <Table.Th scope="col" className="amount">
            {words.renewal}
          </Table.Th>
          <Table.Th scope="col" className="amount">
            {words.difference}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {compared.filter(({ type }) => type === 'premium').map((line) => row(line.key, label(line), (of) => line[of]))}
        {row('premium', words.premium, (of) => sum(of, 'premium'), 'price-sum')}
        {compared.filter(({ type }) => type !== 'premium').map((line) => row(line.key, label(line), (of) => line[of]))}
        {row('total', text.transactions.details.total, (of) => sum(of), 'price-sum')}
      </Table.Tbody>
    </Table>
  );
}

function titleOf(
  product: ProductForm,
  titles: ReadonlyMap<string, string>,
  line: Pick<PriceLine, 'exposureLocator' | 'exposureName'> | undefined,
): string {
  const { exposureLocator = '', exposureName = '' } = line ?? {};
  return (
    titles.get(exposureLocator) ??
    product.exposures.find(({ name }) => name === exposureName)?.displayName ??
    titled(exposureName)
  );
}
