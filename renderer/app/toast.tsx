import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { text } from './text.ts';

/** Says that something happened, at the edge of the screen, and how to take it back where that is possible. */
export function toast(message: string, undo?: () => void): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: undo ? 10_000 : 4_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': text.frame.close },
    'data-words': message,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        {undo ? (
          <Button
            variant="subtle"
            flex="none"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            {text.frame.undo}
          </Button>
        ) : null}
      </Group>
    ),
  });
}

/** Says that something did not work where no place on the screen belongs to it. */
export function toastFailure(error: unknown): void {
  notifications.show({
    color: 'red',
    autoClose: false,
    withBorder: true,
    closeButtonProps: { 'aria-label': text.frame.close },
    title: text.errors.title,
    message: wordsOf(error),
    'data-words': wordsOf(error),
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
