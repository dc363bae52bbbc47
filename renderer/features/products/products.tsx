import { Alert, Badge, Button, FileButton, Group, Paper, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment, Example, ProductSummary } from '#core/api/contract.ts';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { call, Refusal } from '../../app/client.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';

/** The products in use, and two ways to get one: a sample, or a configuration of one's own. */
export function Products() {
  const queries = useQueryClient();
  const products = useQuery({ queryKey: ['products'], queryFn: () => call<ProductSummary[]>('GET', '/api/products') });
  const examples = useQuery({ queryKey: ['examples'], queryFn: () => call<Example[]>('GET', '/api/examples') });
  const [over, setOver] = useState(false);
  const deploy = useMutation({
    mutationFn: (source: File | string) =>
      typeof source === 'string'
        ? call<Deployment>('POST', `/api/examples/${encodeURIComponent(source)}`, {})
        : call<Deployment>('POST', '/api/configurations', new Blob([source], { type: 'application/zip' })),
    onSuccess: () => queries.invalidateQueries(),
  });
  const refused = deploy.error instanceof Refusal ? diagnosticsOf(deploy.error) : undefined;
  const diagnostics = deploy.data?.diagnostics ?? refused ?? [];
  return (
    <main className="page">
      <Title order={1}>{text.products.title}</Title>
      <section aria-label={text.products.deployed}>
        <Title order={2}>{text.products.deployed}</Title>
        {products.isPending ? <Skeleton height={60} /> : null}
        {products.data?.length === 0 ? (
          <Text size="sm" c="dimmed">
            {text.products.none}
          </Text>
        ) : null}
        {products.data && products.data.length > 0 ? (
          <Table>
            <Table.Tbody>
              {products.data.map((product) => (
                <Table.Tr key={product.name}>
                  <Table.Td>{product.displayName}</Table.Td>
                  <Table.Td className="amount">v{product.configVersion}</Table.Td>
                  <Table.Td>
                    <Text size="xs" c="dimmed">
                      {product.errors + product.warnings === 0
                        ? text.products.clean
                        : text.products.findings(product.errors, product.warnings)}
                    </Text>
                  </Table.Td>
                  <Table.Td className="amount">
                    <Button component="a" href={address({ screen: 'quote', product: product.name })}>
                      {text.products.quote}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        ) : null}
      </section>
      <section aria-label={text.products.samples}>
        <Title order={2}>{text.products.samples}</Title>
        <Text size="sm" c="dimmed" mb="sm">
          {text.products.samplesHint}
        </Text>
        <Group align="stretch">
          {(examples.data ?? []).map((example) => (
            <Paper key={example.name} withBorder p="md" className="sample">
              <Stack gap="xs" h="100%" justify="space-between">
                <div>
                  <Title order={3}>{example.title}</Title>
                  <Text size="sm" c="dimmed">
                    {example.description}
                  </Text>
                </div>
                <Group>
                  <Button
                    variant="light"
                    onClick={() => deploy.mutate(example.name)}
                    disabled={deploy.isPending}
                    loading={deploy.isPending && deploy.variables === example.name}
                    aria-label={`${text.products.add} ${example.title}`}
                  >
                    {text.products.add}
                  </Button>
                </Group>
              </Stack>
            </Paper>
          ))}
        </Group>
      </section>
      <section
        aria-label={text.products.own}
        className={over ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer.files[0];
          if (file) deploy.mutate(file);
        }}
      >
        <Title order={2}>{text.products.own}</Title>
        <Text size="sm" c="dimmed" mb="sm">
          {text.products.ownHint}
        </Text>
        <FileButton accept="application/zip,.zip" onChange={(file) => file && deploy.mutate(file)}>
          {(props) => (
            <Button {...props} variant="default">
              {text.products.choose}
            </Button>
          )}
        </FileButton>
      </section>
      {deploy.error ? (
        <>
          <Failure error={deploy.error} />
          {refused ? <Alert color="gray">{text.products.notDeployed}</Alert> : null}
        </>
      ) : null}
      {diagnostics.length > 0 ? <Diagnostics diagnostics={diagnostics} /> : null}
    </main>
  );
}

function diagnosticsOf(refusal: Refusal): readonly Diagnostic[] | undefined {
  const details = refusal.problem.details;
  if (typeof details !== 'object' || details === null || !('diagnostics' in details)) return undefined;
  return details.diagnostics as unknown as readonly Diagnostic[];
}

const SEVERITY_COLORS = { error: 'red', warning: 'orange', info: 'gray' } as const;

function Diagnostics({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) {
  return (
    <section aria-label={text.products.diagnostics}>
      <Title order={2}>{text.products.diagnostics}</Title>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {diagnostics.map((finding) => (
            <Table.Tr key={`${finding.file}:${finding.line}:${finding.column}:${finding.code}:${finding.message}`}>
              <Table.Td>
                <Badge size="sm" variant="light" color={SEVERITY_COLORS[finding.severity]}>
                  {finding.severity}
                </Badge>
              </Table.Td>
              <Table.Td>{finding.message}</Table.Td>
              <Table.Td>
                <code>
                  {finding.file}:{finding.line}
                </code>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
