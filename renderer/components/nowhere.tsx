import { Button, Text, Title } from '@mantine/core';
import { go } from '../app/route.ts';
import { text } from '../app/text.ts';

/** An address that names no screen: an old link, or a slip of the keys. */
export function Nowhere({ address }: { readonly address: string }) {
  return (
    <main className="page">
      <Title order={1}>{text.frame.nowhere}</Title>
      <div className="empty">
        <Text c="dimmed">{text.frame.nowhereHint(address)}</Text>
        <Button onClick={() => go({ screen: 'desk' })}>{text.frame.toTheDesk}</Button>
      </div>
    </main>
  );
}
