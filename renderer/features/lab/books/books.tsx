import './books.css';
import { Button, Group, Modal, Select, Skeleton, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeptBook, RatingRun, StartRating } from '#core/api/contracts/lab-rating.ts';
import type { ConfigurationVersion } from '#core/api/contracts/studio.ts';
import { useActions } from '../../../app/actions.tsx';
import { call } from '../../../app/client.ts';
import { moment } from '../../../app/format.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
import { useProduct } from '../../risk/stored.ts';
import type { LabPartProps } from '../lab-part-props.ts';
import { KeepBook } from './keep-book.tsx';
import { RatingRuns } from './rating-runs.tsx';
import { sizeText } from './size.ts';

const names = text.labBooks;

/** The books that are kept here: taken in, rated by a version with their results so far, and taken out again. */
export function Books({ product }: LabPartProps) {
  const queries = useQueryClient();
  const zone = useProduct(product.name, product.configVersion).data?.timeZone ?? 'UTC';
  const [chosen, choose] = useState<string>();
  const [version, setVersion] = useState<string | null>(null);
  const [keeping, keep] = useState(false);
  const [forgetting, forget] = useState<KeptBook>();
  const kept = useQuery({
    queryKey: ['lab-books'],
    queryFn: async () => (await call<{ readonly books: readonly KeptBook[] }>('GET', '/api/lab/books')).books,
  });
  const versions = useQuery({
    queryKey: ['versions', product.name],
    queryFn: () =>
      call<ConfigurationVersion[]>('GET', `/api/studio/products/${encodeURIComponent(product.name)}/versions`),
  });
  const book = kept.data?.find(({ locator }) => locator === chosen);
  const start = useMutation({
    mutationFn: () => {
      const body: StartRating = {
        product: product.name,
        version: Number(version ?? versions.data?.[0]?.configVersion ?? product.configVersion),
        book: book ? { kind: 'stored', locator: book.locator } : { kind: 'in-force' },
      };
      return call<RatingRun>('POST', '/api/lab/rate', body);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['lab-rate'] }),
  });
  const drop = useMutation({
    mutationFn: ({ locator }: KeptBook) => call('DELETE', `/api/lab/books/${locator}`),
    onSuccess: async (_, { name }) => {
      toast(names.forgot(name));
      forget(undefined);
      await queries.invalidateQueries({ queryKey: ['lab-books'] });
    },
  });
  useActions(text.lab.parts.books, [
    { label: names.addAction, keys: 'n', run: () => keep(true) },
    { label: names.rateAction, keys: 'mod+enter', run: () => start.mutate() },
  ]);
  const error = kept.error ?? versions.error;
  if (error) return <Failure error={error} />;
  if (!kept.data || !versions.data) return <Skeleton height="100%" />;
  return (
    <div className="books">
      <section aria-label={names.kept}>
        <Group justify="space-between">
          <Title order={2}>{names.kept}</Title>
          <Button variant="default" onClick={() => keep(true)}>
            {names.addAction}
          </Button>
        </Group>
        <ul className="books-list">
          <li data-chosen={book ? undefined : true}>
            <button type="button" className="book" aria-pressed={!book} onClick={() => choose(undefined)}>
              <Text size="sm" fw={600}>
                {names.inForce}
              </Text>
              <Text size="xs" c="dimmed">
                {names.inForceHint}
              </Text>
            </button>
          </li>
          {kept.data.map((one) => (
            <li key={one.locator} data-chosen={one === book ? true : undefined}>
              <button type="button" className="book" aria-pressed={one === book} onClick={() => choose(one.locator)}>
                <Text size="sm" fw={600} truncate>
                  {one.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {names.of(one.format.toUpperCase(), sizeText(one.size), moment(one.createdAt, zone))}
                </Text>
              </button>
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                aria-label={`${names.forget}: ${one.name}`}
                onClick={() => forget(one)}
              >
                {names.forget}
              </Button>
            </li>
          ))}
        </ul>
      </section>
      <section aria-label={names.rateAction}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            start.mutate();
          }}
        >
          <Group align="end">
            <Select
              label={names.version}
              w={320}
              allowDeselect={false}
              value={version ?? String(versions.data[0]?.configVersion ?? product.configVersion)}
              onChange={setVersion}
              data={versions.data.map(({ configVersion, message }) => ({
                value: String(configVersion),
                label: names.versionNamed(configVersion, message),
              }))}
            />
            <Button type="submit" loading={start.isPending}>
              {names.rate(book?.name ?? names.inForce.toLowerCase())}
            </Button>
          </Group>
        </form>
        {start.error ? <Failure error={start.error} /> : null}
        <RatingRuns product={product.name} />
      </section>
      <KeepBook
        opened={keeping}
        onClose={() => keep(false)}
        onKept={({ locator }) => {
          choose(locator);
          keep(false);
        }}
      />
      <Modal
        opened={forgetting !== undefined}
        onClose={() => forget(undefined)}
        title={names.forgetTitle(forgetting?.name ?? '')}
      >
        <Text size="sm">{names.forgetHint}</Text>
        {drop.error ? <Failure error={drop.error} /> : null}
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={() => forget(undefined)}>
            {text.frame.cancel}
          </Button>
          <Button color="red.9" loading={drop.isPending} onClick={() => forgetting && drop.mutate(forgetting)}>
            {names.forget}
          </Button>
        </Group>
      </Modal>
    </div>
  );
}
