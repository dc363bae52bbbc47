import { Button, Group, Modal, Select, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Example, ProductSummary } from '#core/api/contract.ts';
import type { CreateProduct as Request } from '#core/api/contracts/studio.ts';
import { call } from '../../app/client.ts';
import { go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';

interface CreateProductProps {
  readonly products: readonly ProductSummary[];
  readonly examples: readonly Example[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** A new product as a copy of a sample or of a product in use. */
export function CreateProduct({ products, examples, opened, onClose }: CreateProductProps) {
  const names = text.studio.add;
  const queries = useQueryClient();
  const [template, setTemplate] = useState<string | null>(null);
  const [name, setName] = useState('');
  const create = useMutation({
    mutationFn: (request: Request) => call<ProductSummary[]>('POST', '/api/studio/create', request),
    onSuccess: async ([made]) => {
      await queries.invalidateQueries();
      onClose();
      setName('');
      if (made) go({ screen: 'studio', product: made.name });
    },
  });
  const chosen = template ?? (examples[0] ? `example/${examples[0].name}` : null);
  return (
    <Modal opened={opened} onClose={onClose} title={names.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [kind, ...rest] = (chosen ?? '').split('/');
          const of = rest.join('/');
          if (of !== '' && name !== '')
            create.mutate({ template: kind === 'example' ? { example: of } : { product: of }, name });
        }}
      >
        <Select
          label={names.template}
          value={chosen}
          allowDeselect={false}
          onChange={setTemplate}
          data={[
            {
              group: names.samples,
              items: examples.map((example) => ({ value: `example/${example.name}`, label: example.title })),
            },
            {
              group: names.inUse,
              items: products.map((product) => ({ value: `product/${product.name}`, label: product.displayName })),
            },
          ]}
        />
        <TextInput
          mt="sm"
          label={names.name}
          description={names.nameHint}
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Text size="xs" c="dimmed" mt={4} h={16}>
          {name === '' ? '' : names.shown(displayNameOf(name))}
        </Text>
        <Text size="sm" mt="sm">
          {names.effect}
        </Text>
        {create.error ? <Failure error={create.error} /> : null}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {text.frame.cancel}
          </Button>
          <Button type="submit" disabled={name === '' || chosen === null} loading={create.isPending}>
            {names.create}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** `my-product` → `My Product`, as every screen will show it (formats §1.1). */
function displayNameOf(name: string): string {
  return name
    .replace(/[-_]+/g, ' ')
    .trim()
    .replace(/(^| )(\p{L})/gu, (_, blank: string, letter: string) => blank + letter.toUpperCase());
}
