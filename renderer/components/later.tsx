import { Text, Title } from '@mantine/core';
import { text } from '../app/text.ts';

/** The place of a screen that this version does not have: it says so, and what will be here. */
export function Later({ title, what }: { readonly title: string; readonly what: string }) {
  return (
    <main className="page">
      <Title order={1}>{title}</Title>
      <div className="empty">
        <Title order={2}>{text.frame.later}</Title>
        <Text c="dimmed">{what}</Text>
      </div>
    </main>
  );
}
