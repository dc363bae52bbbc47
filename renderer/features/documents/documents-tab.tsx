import './documents-tab.css';
import { Alert, Badge, Button, Group, Skeleton, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { DocumentResponse, PolicyResponse } from '#core/model/policy.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { moment } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';

const PdfView = lazy(async () => ({ default: (await import('../../components/pdf-view.tsx')).PdfView }));

interface FailedDocument {
  readonly displayName: string;
  readonly fileName: string;
  readonly message: string;
}
interface DocumentsTabProps {
  readonly policy: PolicyResponse;
  readonly timeZone: string;
}

/** What was printed for a risk, with the chosen document in place; what could not be made, and why. */
export function DocumentsTab({ policy, timeZone }: DocumentsTabProps) {
  const queries = useQueryClient();
  const documents = [...policy.documents, ...policy.invoices.flatMap((invoice) => invoice.documents)];
  const [chosen, choose] = useState<string>();
  const shown = documents.find(({ locator }) => locator === chosen) ?? policy.documents.at(-1) ?? documents[0];
  const failed = useQuery({
    queryKey: ['failedDocuments', policy.locator],
    queryFn: () => call<FailedDocument[]>('GET', `/api/policies/${policy.locator}/failedDocuments`),
  });
  const retry = useMutation({
    mutationFn: () => call('POST', `/api/policies/${policy.locator}/retryDocuments`, {}),
    onSettled: () => queries.invalidateQueries(),
  });
  const regenerate = useMutation({
    mutationFn: (document: DocumentResponse) =>
      call<DocumentResponse>('POST', `/api/documents/${document.locator}/regenerate`, {}),
    onSuccess: async (made) => {
      choose(made.locator);
      toast(text.documents.regenerated(made.displayName));
      // The bytes of the old one are gone, and those of the others are what they were.
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'document' });
    },
  });
  const step = (by: number): void => {
    const index = documents.findIndex(({ locator }) => locator === shown?.locator);
    choose(documents[Math.min(Math.max(index + by, 0), documents.length - 1)]?.locator);
  };
  useActions(text.documents.title, [
    { label: text.documents.next, keys: 'j', run: () => step(1) },
    { label: text.documents.previous, keys: 'k', run: () => step(-1) },
  ]);
  return (
    <section className="documents" aria-label={text.documents.title}>
      <div className="documents-parts">
        <div className="documents-list">
          <Title order={2}>{text.documents.title}</Title>
          {documents.length === 0 ? (
            <Text size="sm" c="dimmed">
              {text.risk.documentsNone}
            </Text>
          ) : null}
          <ul>
            {documents.map((document) => (
              <li key={document.locator}>
                <button
                  type="button"
                  aria-pressed={document.locator === shown?.locator}
                  onClick={() => choose(document.locator)}
                >
                  <span>{document.displayName}</span>
                  <Badge size="xs" variant="light" color="gray">
                    {document.type}
                  </Badge>
                  <small>{document.createdTimestamp ? moment(document.createdTimestamp, timeZone) : ''}</small>
                </button>
              </li>
            ))}
          </ul>
          {(failed.data ?? []).map((failure) => (
            <Alert key={failure.displayName} color="red" title={text.documents.failed(failure.displayName)} mt="sm">
              <Text size="sm">{failure.message}</Text>
              <Button variant="light" mt="xs" loading={retry.isPending} onClick={() => retry.mutate()}>
                {text.errors.retry}
              </Button>
            </Alert>
          ))}
        </div>
        {shown ? (
          <div className="documents-shown">
            <Group justify="space-between" mb="xs">
              <Title order={3}>{shown.displayName}</Title>
              <Group gap="xs">
                <Button
                  component="a"
                  variant="default"
                  href={`/api/documents/${shown.locator}`}
                  target="_blank"
                  rel="noreferrer"
                >
                  {text.documents.print}
                </Button>
                <Button
                  component="a"
                  variant="default"
                  href={`/api/documents/${shown.locator}`}
                  download={shown.fileName}
                >
                  {text.documents.save}
                </Button>
                <Button
                  variant="subtle"
                  color="gray"
                  loading={regenerate.isPending}
                  onClick={() => regenerate.mutate(shown)}
                >
                  {text.documents.regenerate}
                </Button>
              </Group>
            </Group>
            {regenerate.error ? <Failure error={regenerate.error} /> : null}
            {shown.type === 'pdf' ? (
              <Preview document={shown} />
            ) : (
              <Text size="sm" c="dimmed">
                {text.documents.page}
              </Text>
            )}
          </div>
        ) : null}
      </div>
    </section>
  );
}

function Preview({ document }: { readonly document: DocumentResponse }) {
  const content = useQuery({
    queryKey: ['document', document.locator],
    // What a locator names never changes: a document made again has another one.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      const answer = await fetch(`/api/documents/${document.locator}`, { credentials: 'same-origin', signal });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.arrayBuffer();
    },
  });
  if (content.error) return <Failure error={content.error} />;
  if (!content.data) return <Skeleton height={500} />;
  return (
    <Suspense fallback={<Skeleton height={500} />}>
      <PdfView title={document.displayName} bytes={content.data} />
    </Suspense>
  );
}
