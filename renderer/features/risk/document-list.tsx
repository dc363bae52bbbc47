import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import type { PolicyResponse } from '#core/model/policy.ts';
import { text } from '../../app/text.ts';

/** What was printed for a risk. */
export function DocumentList({ policy }: { readonly policy: PolicyResponse }) {
  const documents = [...policy.documents, ...policy.invoices.flatMap((invoice) => invoice.documents)];
  return (
    <Stack gap="xs" mt="lg">
      <Title order={2}>{text.risk.documents}</Title>
      {documents.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text.risk.documentsNone}
        </Text>
      ) : null}
      {documents.map((document) => (
        <Group key={document.locator} justify="space-between" wrap="nowrap">
          <Text size="sm">{document.displayName}</Text>
          <Anchor
            className="document-link"
            size="sm"
            href={`/api/documents/${document.locator}`}
            target="_blank"
            rel="noreferrer"
          >
            {text.risk.open} ({document.type.toUpperCase()})
          </Anchor>
        </Group>
      ))}
    </Stack>
  );
}
