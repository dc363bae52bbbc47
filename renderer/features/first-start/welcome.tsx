import { Button, FileButton, Group, Skeleton, Text, Title } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment, Example, ProductSummary } from '#core/api/contract.ts';
import { call } from '../../app/client.ts';
import { address } from '../../app/route.ts';
import { desktop } from '../../app/save-file.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { useTour } from './tour.tsx';

/** Whether the first steps are still offered: from the first start until somebody dismisses them. */
export function useWelcome() {
  return useLocalStorage<'open' | 'closed'>({
    key: 'fieldwriter.welcome',
    defaultValue: 'closed',
    getInitialValueInEffect: false,
    deserialize: (stored) => (stored === 'open' ? 'open' : 'closed'),
    serialize: (state) => state,
  });
}

/** The first steps, on top of the desk: a product to work with, and a tour. */
export function Welcome() {
  const [state, setState] = useWelcome();
  return state === 'open' ? <FirstSteps onClose={() => setState('closed')} /> : null;
}

/** Where a configuration comes from: a file of this browser, or a place on this machine. */
type Source = File | { readonly zip: string } | { readonly folder: string };

function FirstSteps({ onClose }: { readonly onClose: () => void }) {
  const words = text.tour.welcome;
  const tour = useTour();
  const queries = useQueryClient();
  const [over, setOver] = useState(false);
  const products = useQuery({
    queryKey: ['products'],
    queryFn: () => call<readonly ProductSummary[]>('GET', '/api/products'),
  });
  const examples = useQuery({
    queryKey: ['examples'],
    queryFn: () => call<readonly Example[]>('GET', '/api/examples'),
  });
  const refresh = () => queries.invalidateQueries();
  const take = useMutation({
    mutationFn: (name: string) => call<Deployment>('POST', `/api/examples/${encodeURIComponent(name)}`, {}),
    onSuccess: refresh,
  });
  const bring = useMutation({
    mutationFn: (source: Source) =>
      call<Deployment>(
        'POST',
        '/api/configurations',
        source instanceof File ? new Blob([source], { type: 'application/zip' }) : source,
      ),
    onSuccess: (deployment) => {
      toast(words.imported(deployment.products.length));
      return refresh();
    },
  });
  const error = take.error ?? bring.error;
  return (
    <section
      aria-label={words.title}
      className={over ? 'welcome over' : 'welcome'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file) bring.mutate(file);
      }}
    >
      <div>
        <Title order={2}>{words.title}</Title>
        <Text size="sm" c="dimmed">
          {words.hint} {words.importHint}
        </Text>
        {examples.isPending || products.isPending ? (
          <Skeleton height={30} mt="sm" />
        ) : (
          <ul className="welcome-samples" aria-label={words.samples}>
            {(examples.data ?? []).map((example) => (
              <li key={example.name}>
                {products.data?.some(({ name }) => name === example.name) ? (
                  <Button
                    component="a"
                    variant="light"
                    color="teal"
                    leftSection={<IconCheck size={14} />}
                    href={address({ screen: 'quote', product: example.name })}
                  >
                    {words.quote(example.title)}
                  </Button>
                ) : (
                  <Button
                    variant="default"
                    title={example.description}
                    disabled={take.isPending}
                    loading={take.isPending && take.variables === example.name}
                    onClick={() => take.mutate(example.name)}
                  >
                    {words.addSample(example.title)}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="welcome-actions">
        <Button onClick={tour.start}>{words.tour}</Button>
        <Bring onSource={(source) => bring.mutate(source)} pending={bring.isPending} />
        <Button variant="subtle" color="gray" onClick={onClose}>
          {words.dismiss}
        </Button>
      </div>
      {error ? <Failure error={error} /> : null}
    </section>
  );
}

/** A configuration of one's own: the desktop asks with its own dialogs, a browser takes a file. */
function Bring({ onSource, pending }: { readonly onSource: (source: Source) => void; readonly pending: boolean }) {
  const words = text.tour.welcome;
  const bridge = desktop();
  if (!bridge)
    return (
      <FileButton accept="application/zip,.zip" onChange={(file) => file && onSource(file)}>
        {(props) => (
          <Button {...props} variant="default" loading={pending}>
            {words.import}
          </Button>
        )}
      </FileButton>
    );
  const choose = async (): Promise<void> => {
    const zip = await bridge.chooseProductFile();
    if (zip) onSource({ zip });
  };
  const chooseFolder = async (): Promise<void> => {
    const folder = await bridge.chooseFolder();
    if (folder) onSource({ folder });
  };
  return (
    <Group gap="xs">
      <Button variant="default" loading={pending} onClick={() => void choose()}>
        {words.import}
      </Button>
      <Button variant="default" loading={pending} onClick={() => void chooseFolder()}>
        {words.folder}
      </Button>
    </Group>
  );
}
