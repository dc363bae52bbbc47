import { Alert, Button, Group, Modal, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RepairStatement } from '#core/api/contracts/admin.ts';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { toastFailure } from '../../app/toast.tsx';
import { localMoment } from './parts.tsx';

const KEY = ['repair'];
/** While the cloud was not asked to its end, what it gives back is looked for again, milliseconds. */
const AGAIN = 15_000;

function useRepair() {
  return useQuery({
    queryKey: KEY,
    queryFn: () => call<RepairStatement>('GET', '/api/repair'),
    refetchInterval: ({ state }) => (state.data?.repair?.settled === false ? AGAIN : false),
  });
}

/** Tells whoever opens the workbench that its data was damaged and repaired, until it is read. */
export function RepairNotice() {
  const words = text.admin.repair;
  const { data } = useRepair();
  const queries = useQueryClient();
  const seen = useMutation({
    mutationFn: () => call<RepairStatement>('POST', '/api/repair/seen'),
    onSuccess: (statement) => queries.setQueryData(KEY, statement),
    onError: (error) => toastFailure(error),
  });
  const repair = data?.repair;
  if (!repair) return null;
  return (
    <Modal
      opened={repair.news}
      onClose={() => seen.mutate()}
      title={words.title}
      size="lg"
      closeButtonProps={{ 'aria-label': words.read }}
    >
      <Sentences repair={repair} />
      <Group justify="end" mt="md">
        <Button onClick={() => seen.mutate()} loading={seen.isPending} data-autofocus>
          {words.read}
        </Button>
      </Group>
    </Modal>
  );
}

/** The last repair, for who looks for it later. */
export function LastRepair() {
  const words = text.admin.repair;
  const { data } = useRepair();
  const repair = data?.repair;
  if (!repair) return null;
  return (
    <Alert mt="md" color={colorOf(repair)} title={words.at(localMoment(repair.timestamp))}>
      <Sentences repair={repair} />
    </Alert>
  );
}

type Repair = NonNullable<RepairStatement['repair']>;

function colorOf({ lost, settled }: Repair): string {
  if (lost > 0) return 'red';
  return settled ? 'teal' : 'orange';
}

function Sentences({ repair }: { readonly repair: Repair }) {
  return (
    <ul className="notes">
      {repair.sentences.map((sentence) => (
        <li key={sentence}>
          <Text size="sm" component="span" className="breaks">
            {sentence}
          </Text>
        </li>
      ))}
    </ul>
  );
}
