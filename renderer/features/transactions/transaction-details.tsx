import { Anchor, Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ProductForm } from '#core/api/contract.ts';
import type { PriceChange, TransactionDetails } from '#core/api/contracts/transactions.ts';
import { Decimal } from '#core/model/decimal.ts';
import { call } from '../../app/client.ts';
import { change, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { Decision } from '../risk/price-panel.tsx';
import { placeOf, valuesOf } from './words.ts';

interface DetailsProps {
  readonly product: ProductForm;
  readonly locator: string;
  readonly kind: string;
  readonly currency: string;
}

const words = text.transactions.details;

/** What one transaction changed, before and after, what that cost, who did it and when, and what was printed for it. */
export function Details({ product, locator, kind, currency }: DetailsProps) {
  const details = useQuery({
    queryKey: ['transaction-details', locator],
    queryFn: () => call<TransactionDetails>('GET', `/api/transactions/${encodeURIComponent(locator)}/details`),
  });
  if (details.error) return <Failure error={details.error} />;
  if (!details.data) return <Skeleton height={96} />;
  const { price, changes, fees, category, comments, underwriting, documents, steps } = details.data;
  return (
    <div className="details-grid">
      <div>
        <h3 className="details-title">{words.changes}</h3>
        {changes.length > 0 ? <Changes product={product} changes={changes} /> : null}
        {fees.map((fee) => (
          <Text key={`${fee.name} ${fee.amount}`} size="sm">
            {fee.description || titled(fee.name)}: {change(fee.amount, currency)}
          </Text>
        ))}
        {category ? <Text size="sm">{`${words.category}: ${category}`}</Text> : null}
        {comments ? <Text size="sm">{`${words.comments}: ${comments}`}</Text> : null}
        {changes.length === 0 && fees.length === 0 && !category && !comments ? (
          <Text size="sm" c="dimmed">
            {kind === 'create' ? words.created : words.nothing}
          </Text>
        ) : null}
        {underwriting ? <Decision result={underwriting} final priced /> : null}
      </div>
      <div>
        <h3 className="details-title">{words.effect}</h3>
        {price ? <Effect price={price} currency={currency} /> : <Text size="sm">–</Text>}
      </div>
      <div>
        <h3 className="details-title">{words.who}</h3>
        <ul className="details-steps">
          {steps.map(({ at, author, command }) => (
            <li key={`${at} ${command}`}>
              {words.commands[command] ?? titled(command)} · {author}
              <span className="details-when">{moment(at)}</span>
            </li>
          ))}
        </ul>
        {documents.length > 0 ? <h3 className="details-title">{words.documents}</h3> : null}
        {documents.map((document) => (
          <div key={document.locator}>
            <Anchor
              className="document-link"
              size="sm"
              href={`/api/documents/${document.locator}`}
              target="_blank"
              rel="noreferrer"
            >
              {document.displayName} ({document.type.toUpperCase()})
            </Anchor>
          </div>
        ))}
      </div>
    </div>
  );
}

function Changes({ product, changes }: { readonly product: ProductForm } & Pick<TransactionDetails, 'changes'>) {
  return (
    <Table verticalSpacing={2} horizontalSpacing={6} className="details-changes">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{words.what}</Table.Th>
          <Table.Th scope="col">{words.before}</Table.Th>
          <Table.Th scope="col">{words.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map((difference) => {
          const [before, after] = valuesOf(difference);
          return (
            <Table.Tr key={`${difference.what} ${difference.path}`}>
              <Table.Td>{placeOf(product, difference)}</Table.Td>
              <Table.Td>{before}</Table.Td>
              <Table.Td>
                {difference.gaveWay ? <s>{after}</s> : after}
                {difference.gaveWay ? <Text span size="xs" c="dimmed">{` ${words.gaveWay}`}</Text> : null}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** Premium, taxes, fees and what is held back, adding up to the change in all. */
export function Effect({ price, currency }: { readonly price: PriceChange; readonly currency: string }) {
  const rows: readonly (readonly [string, string])[] = [
    [words.premium, price.premiumChange],
    [words.taxes, price.taxChange],
    [words.fees, price.feeChange],
    ...(new Decimal(price.holdbackChange).isZero() ? [] : ([[words.holdbacks, price.holdbackChange]] as const)),
  ];
  return (
    <Table verticalSpacing={2} horizontalSpacing={0} withRowBorders={false}>
      <Table.Tbody>
        {rows.map(([label, amount]) => (
          <Table.Tr key={label}>
            <Table.Td>{label}</Table.Td>
            <Table.Td className="amount">{change(amount, currency)}</Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr className="price-sum">
          <Table.Td>{words.total}</Table.Td>
          <Table.Td className="amount">{change(price.totalChange, currency)}</Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  );
}

function moment(at: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(Number(at)));
}
