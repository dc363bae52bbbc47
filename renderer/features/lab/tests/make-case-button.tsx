import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconTestPipe } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LabMadeCase } from '#core/api/contracts/lab-tests.ts';
import { useActions } from '../../../app/actions.tsx';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';

/** Makes a test case of a priced quote, saved as a version of its product. @param of locator of its policy */
export function MakeCaseButton({ of }: { readonly of: string }) {
  const names = text.labTests.makeCase;
  const client = useQueryClient();
  const [opened, open] = useState(false);
  const [name, setName] = useState('');
  const [message, setMessage] = useState('');
  const save = useMutation({
    mutationFn: () =>
      call<LabMadeCase>('POST', '/api/lab/tests/case', {
        policy: of,
        name: name.trim(),
        description: message,
        message,
      }),
    onSuccess: async ({ path, deployment }) => {
      open(false);
      toast(names.done(path, deployment?.configVersion ?? 0));
      await client.invalidateQueries({ queryKey: ['products'] });
    },
  });
  const ready = /^\w[\w.-]*$/.test(name.trim()) && message.trim() !== '';
  useActions(names.title, [{ label: names.action, run: () => open(true) }]);
  return (
    <>
      <Button variant="default" mt="xs" leftSection={<IconTestPipe size={14} />} onClick={() => open(true)}>
        {names.action}
      </Button>
      <Modal opened={opened} onClose={() => open(false)} title={names.title} transitionProps={{ duration: 0 }}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) save.mutate();
          }}
        >
          <Stack gap="sm">
            <Text size="sm">{names.hint}</Text>
            <TextInput
              label={names.name}
              description={names.nameHint}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
            <TextInput
              label={names.message}
              value={message}
              onChange={(event) => setMessage(event.currentTarget.value)}
              maxLength={500}
            />
            {save.error ? <Failure error={save.error} /> : null}
            <Group justify="flex-end">
              <Button variant="default" onClick={() => open(false)}>
                {text.frame.cancel}
              </Button>
              <Button type="submit" loading={save.isPending} disabled={!ready}>
                {names.confirm}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
