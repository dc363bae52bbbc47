import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { text } from '../../app/text.ts';

interface NameDialogProps {
  readonly title: string;
  readonly suggested: string;
  readonly action: string;
  readonly onName: (name: string) => void;
  readonly onClose: () => void;
}

/** Asks what a quote is called; Enter is enough. */
export function NameDialog({ title, suggested, action, onName, onClose }: NameDialogProps) {
  const [name, setName] = useState(suggested);
  return (
    <Modal opened onClose={onClose} title={title} transitionProps={{ duration: 0 }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '') return;
          onClose();
          onName(name.trim());
        }}
      >
        <Stack>
          <TextInput
            label={text.quotes.name}
            value={name}
            maxLength={200}
            data-autofocus
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {text.quotes.cancel}
            </Button>
            <Button type="submit" disabled={name.trim() === ''}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
