import { Badge, Button, Group, Menu, Skeleton, Table, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { PolicySummary, ProductSummary } from '#core/api/contract.ts';
import { call } from '../../app/client.ts';
import { money } from '../../app/format.ts';
import { address, go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';

/** Every risk on this desk, newest first, found as you type. */
export function Desk() {
  const [query, setQuery] = useState('');
  const [settled] = useDebouncedValue(query, 120);
  const search = useRef<HTMLInputElement>(null);
  const products = useQuery({ queryKey: ['products'], queryFn: () => call<ProductSummary[]>('GET', '/api/products') });
  const policies = useQuery({
    queryKey: ['policies', settled],
    queryFn: ({ signal }) =>
      call<PolicySummary[]>('GET', `/api/policies?limit=100&q=${encodeURIComponent(settled)}`, undefined, signal),
    placeholderData: keepPreviousData,
  });
  const only = products.data?.length === 1 ? products.data[0] : undefined;
  useHotkeys([
    ['/', () => search.current?.focus()],
    ['n', () => only && go({ screen: 'quote', product: only.name })],
  ]);
  return (
    <main className="page">
      <Group justify="space-between">
        <Title order={1}>{text.desk.title}</Title>
        <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
          <Menu.Target>
            <Button leftSection={<IconPlus size={14} />} disabled={!products.data?.length}>
              {text.desk.newQuote}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(products.data ?? []).map((product) => (
              <Menu.Item key={product.name} component="a" href={address({ screen: 'quote', product: product.name })}>
                {product.displayName}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <TextInput
        ref={search}
        aria-label={text.desk.search}
        placeholder={text.desk.search}
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        maw={420}
        my="md"
      />
      {policies.error ? <Failure error={policies.error} /> : null}
      {policies.isPending ? <Skeleton height={200} /> : null}
      {policies.data?.length === 0 ? (
        <div className="empty">
          <Title order={2}>{text.desk.empty}</Title>
          <Text c="dimmed">{products.data?.length ? text.desk.emptyHint : text.desk.noProducts}</Text>
          {products.data?.length === 0 ? (
            <Button component="a" href={address({ screen: 'products' })} mt="md">
              {text.rail.products}
            </Button>
          ) : null}
        </div>
      ) : null}
      {policies.data && policies.data.length > 0 ? (
        <Risks policies={policies.data} products={products.data ?? []} />
      ) : null}
    </main>
  );
}

interface RisksProps {
  readonly policies: readonly PolicySummary[];
  readonly products: readonly ProductSummary[];
}

function Risks({ policies, products }: RisksProps) {
  const names = new Map(products.map(({ name, displayName }) => [name, displayName]));
  const { columns } = text.desk;
  return (
    <Table highlightOnHover stickyHeader verticalSpacing={5}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{columns.insured}</Table.Th>
          <Table.Th>{columns.product}</Table.Th>
          <Table.Th>{columns.state}</Table.Th>
          <Table.Th>{columns.from}</Table.Th>
          <Table.Th className="amount">{columns.premium}</Table.Th>
          <Table.Th className="amount">{columns.number}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {policies.map((policy) => (
          <Table.Tr
            key={policy.locator}
            onClick={() => go({ screen: 'policy', locator: policy.locator })}
            className="clickable"
          >
            <Table.Td>
              <a href={address({ screen: 'policy', locator: policy.locator })}>
                {policy.policyholderName || policy.locator}
              </a>
            </Table.Td>
            <Table.Td>{names.get(policy.productName) ?? policy.productName}</Table.Td>
            <Table.Td>
              <Badge variant="light" color={policy.state === 'issued' ? 'field' : 'gray'}>
                {text.states[policy.state]}
              </Badge>
            </Table.Td>
            <Table.Td>
              {new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(Number(policy.startTimestamp))}
            </Table.Td>
            <Table.Td className="amount">{money(policy.grossPremium, policy.currency)}</Table.Td>
            <Table.Td className="amount">{policy.policyNumber ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
