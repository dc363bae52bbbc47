import './lab.css';
import { Button, Group, Select, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ComponentType, lazy, Suspense } from 'react';
import type { ProductSummary } from '#core/api/contract.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { address, go, LAB_PARTS, type LabPart } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { FailedPage } from '../../components/failure.tsx';
import type { LabPartProps } from './lab-part-props.ts';

/** What stands behind each part; loaded when it is opened. */
const PARTS: Readonly<Record<LabPart, ComponentType<LabPartProps>>> = {
  tables: lazy(async () => ({ default: (await import('./tables/tables.tsx')).Tables })),
  logic: lazy(async () => ({ default: (await import('./logic/logic.tsx')).Logic })),
  impact: lazy(async () => ({ default: (await import('./impact/impact.tsx')).ImpactPart })),
  versions: lazy(() => import('./versions/versions.tsx').then(({ Versions }) => ({ default: Versions }))),
  experiments: lazy(() =>
    import('./experiments/experiments.tsx').then(({ Experiments }) => ({ default: Experiments })),
  ),
  books: lazy(async () => ({ default: (await import('./books/books.tsx')).Books })),
  tests: lazy(async () => ({ default: (await import('./tests/tests.tsx')).Tests })),
};

interface LabProps {
  readonly product: string | undefined;
  readonly part: LabPart;
}

/** The pricing lab of one product: tables, logic, impact, tests, versions, experiments and books, each a part with an address. */
export function Lab({ product: name, part }: LabProps) {
  const products = useQuery({ queryKey: ['products'], queryFn: () => call<ProductSummary[]>('GET', '/api/products') });
  const product = products.data?.find((one) => one.name === name) ?? products.data?.[0];
  const open = (to: LabPart): void => {
    if (product) go({ screen: 'lab', product: product.name, part: to });
  };
  useActions(
    text.lab.title,
    LAB_PARTS.map((one, index) => ({ label: text.lab.parts[one], keys: `${index + 1}`, run: () => open(one) })),
  );
  if (products.error) return <FailedPage error={products.error} />;
  if (!products.data) return <Skeleton height="100%" />;
  if (!product)
    return (
      <main className="page">
        <Title order={1}>{text.lab.title}</Title>
        <div className="empty">
          <Text c="dimmed">{text.lab.noProduct}</Text>
          <Button component="a" href={address({ screen: 'products' })}>
            {text.lab.toProducts}
          </Button>
        </div>
      </main>
    );
  const Part = PARTS[part];
  return (
    <main className="lab">
      <header className="lab-head">
        <Group gap="md">
          <Title order={1}>{text.lab.title}</Title>
          <Select
            aria-label={text.lab.product}
            value={product.name}
            allowDeselect={false}
            data={products.data.map(({ name: value, displayName }) => ({ value, label: displayName }))}
            onChange={(chosen) => chosen && go({ screen: 'lab', product: chosen, part })}
          />
        </Group>
        <nav className="risk-tabs" aria-label={text.lab.partsLabel}>
          {LAB_PARTS.map((one) => (
            <a
              key={one}
              href={address({ screen: 'lab', product: product.name, part: one })}
              aria-current={one === part ? 'page' : undefined}
            >
              {text.lab.parts[one]}
            </a>
          ))}
        </nav>
      </header>
      <Suspense fallback={<Skeleton height="100%" />}>
        <Part key={product.name} product={product} />
      </Suspense>
    </main>
  );
}
