import './products.css';
import { Badge, Button, FileButton, Group, Paper, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Deployment, Example, ProductSummary } from '#core/api/contract.ts';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { useActions } from '../../app/actions.tsx';
import { call, Refusal } from '../../app/client.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { CreateProduct } from './create-product.tsx';
import { asUpload, chosenFiles, type DroppedFile, droppedFiles } from './dropped.ts';

/** A sample by name, or what was dropped or chosen. */
type Source = string | readonly DroppedFile[];

/** The products in use, and the ways to get one: a sample, a template, a configuration of one's own dropped anywhere. */
export function Products() {
  const names = text.products;
  const queries = useQueryClient();
  const products = useQuery({ queryKey: ['products'], queryFn: () => call<ProductSummary[]>('GET', '/api/products') });
  const examples = useQuery({ queryKey: ['examples'], queryFn: () => call<Example[]>('GET', '/api/examples') });
  const [creating, setCreating] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const deploy = useMutation({
    mutationFn: (source: Source) => deployed(source),
    onSuccess: async ({ products: made }) => {
      toast(names.done(made.map(({ displayName }) => displayName).join(', ')));
      await queries.invalidateQueries();
    },
  });
  const drop = useDropped((files) => deploy.mutate(files));
  useActions(names.title, [
    { label: text.studio.add.title, keys: 'n', run: () => setCreating(true) },
    { label: names.chooseFolder, keys: 'i', run: () => folder.current?.click() },
  ]);
  const error = deploy.error ?? drop.error;
  const refused = error instanceof Refusal ? diagnosticsOf(error) : undefined;
  const diagnostics = deploy.data?.diagnostics ?? refused ?? [];
  return (
    <main className={drop.over ? 'page products over' : 'page products'} {...drop.handlers}>
      <Group justify="space-between">
        <Title order={1}>{names.title}</Title>
        <Group gap={6}>
          <FileButton
            accept="application/zip,.zip"
            onChange={(file) => file && deploy.mutate([{ path: file.name, file }])}
          >
            {(props) => (
              <Button {...props} variant="default">
                {names.choose}
              </Button>
            )}
          </FileButton>
          <Button variant="default" onClick={() => folder.current?.click()}>
            {names.chooseFolder}
          </Button>
          <Button onClick={() => setCreating(true)}>{text.studio.add.action}</Button>
        </Group>
      </Group>
      <input
        ref={folder}
        type="file"
        hidden
        aria-label={names.chooseFolder}
        // Chromium's name for choosing a folder; React's types do not know it.
        {...{ webkitdirectory: '' }}
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files && files.length > 0) deploy.mutate(chosenFiles(files));
          event.currentTarget.value = '';
        }}
      />
      <Text size="sm" c="dimmed">
        {names.ownHint}
      </Text>
      <InUse products={products.data} />
      <section aria-label={names.samples}>
        <Title order={2}>{names.samples}</Title>
        <Text size="sm" c="dimmed" mb="sm">
          {names.samplesHint}
        </Text>
        <div className="samples">
          {(examples.data ?? []).map((example) => (
            <Sample
              key={example.name}
              example={example}
              busy={deploy.isPending && deploy.variables === example.name}
              disabled={deploy.isPending}
              onAdd={() => deploy.mutate(example.name)}
            />
          ))}
        </div>
      </section>
      {error ? <Failure error={error} /> : null}
      {refused ? (
        <Text size="sm" mb="sm">
          {names.notDeployed}
        </Text>
      ) : null}
      {diagnostics.length > 0 ? <Diagnostics diagnostics={diagnostics} /> : null}
      {drop.over ? (
        <div className="drop-veil" aria-hidden>
          {names.dropHere}
        </div>
      ) : null}
      <CreateProduct
        products={products.data ?? []}
        examples={examples.data ?? []}
        opened={creating}
        onClose={() => setCreating(false)}
      />
    </main>
  );
}

async function deployed(source: Source): Promise<Deployment> {
  if (typeof source === 'string') return call('POST', `/api/examples/${encodeURIComponent(source)}`, {});
  const upload = asUpload(source);
  if ('zip' in upload) return call('POST', '/api/configurations', new Blob([upload.zip], { type: 'application/zip' }));
  return call('POST', '/api/studio/import', upload.folder);
}

/** A ZIP or a folder dropped anywhere on the page. */
function useDropped(take: (files: readonly DroppedFile[]) => void) {
  const [over, setOver] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const handlers = {
    onDragOver: (event: React.DragEvent) => {
      if (![...event.dataTransfer.types].includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: React.DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: React.DragEvent) => {
      event.preventDefault();
      setOver(false);
      setError(null);
      droppedFiles(event.dataTransfer).then(
        (files) => files.length > 0 && take(files),
        () => setError(new Error(text.products.tooMuch)),
      );
    },
  };
  return { over, error, handlers };
}

function InUse({ products }: { readonly products: readonly ProductSummary[] | undefined }) {
  const names = text.products;
  return (
    <section aria-label={names.deployed}>
      <Title order={2}>{names.deployed}</Title>
      {products ? null : <Skeleton height={60} />}
      {products?.length === 0 ? (
        <Text size="sm" c="dimmed">
          {names.none}
        </Text>
      ) : null}
      {products && products.length > 0 ? (
        <Table verticalSpacing={4} className="products-in-use">
          <Table.Tbody>
            {products.map((product) => (
              <Table.Tr key={product.name}>
                <Table.Td>
                  <strong>{product.displayName}</strong>
                </Table.Td>
                <Table.Td className="amount">
                  <span title={text.studio.version(product.configVersion)}>v{product.configVersion}</span>
                </Table.Td>
                <Table.Td>
                  {product.errors > 0 ? (
                    <Badge size="sm" variant="light" color="red">
                      {text.studio.counts(product.errors, product.warnings)}
                    </Badge>
                  ) : (
                    <Text size="xs" c="dimmed">
                      {product.warnings === 0 ? names.clean : text.studio.counts(0, product.warnings)}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Group gap={6} justify="flex-end" wrap="nowrap">
                    <Button
                      component="a"
                      variant="default"
                      href={address({ screen: 'studio', product: product.name })}
                      aria-label={names.openStudio(product.displayName)}
                    >
                      {names.studio}
                    </Button>
                    <Button component="a" href={address({ screen: 'quote', product: product.name })}>
                      {names.quote}
                    </Button>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
    </section>
  );
}

interface SampleProps {
  readonly example: Example;
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly onAdd: () => void;
}

function Sample({ example, busy, disabled, onAdd }: SampleProps) {
  return (
    <Paper withBorder p="md">
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
            onClick={onAdd}
            disabled={disabled}
            loading={busy}
            aria-label={`${text.products.add} ${example.title}`}
          >
            {text.products.add}
          </Button>
        </Group>
      </Stack>
    </Paper>
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
                  {text.studio.severities[finding.severity]}
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
