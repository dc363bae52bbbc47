import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { text } from '../../app/text.ts';

interface NewFileProps {
  /** The folder that a path begins with. */
  readonly folder: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreate: (path: string) => void;
}

/** Asks where a new file lies; whether the place can be is checked as everything else is. */
export function NewFile({ folder, opened, onClose, onCreate }: NewFileProps) {
  const [path, setPath] = useState(folder);
  const given = path.trim();
  // The workbench decides; this only spares a question whose answer is known.
  const usable =
    given !== '' &&
    given.split('/').every((part) => part !== '' && part !== '.' && part !== '..') &&
    !given.includes('\\');
  return (
    <Modal opened={opened} onClose={onClose} title={text.studio.newFileTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!usable) return;
          onCreate(given);
          onClose();
          setPath(folder);
        }}
      >
        <TextInput
          label={text.studio.newFilePath}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" disabled={!usable}>
            {text.studio.create}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
