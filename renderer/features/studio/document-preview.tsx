import { ActionIcon, Alert, Group, Loader, Select, Skeleton, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { DocumentAnswer, DocumentChoice, Sample, StoredRisk } from '#core/api/contracts/studio.ts';
import { call, Refusal } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import type { SettledCopy } from './use-checked.ts';

// The reader of PDFs is large: only who looks at one waits for it.
const PdfView = lazy(async () => ({ default: (await import('../../components/pdf-view.tsx')).PdfView }));

interface DocumentPreviewProps {
  readonly product: string;
  readonly copy: SettledCopy;
  readonly documents: readonly DocumentChoice[] | undefined;
  /** The file in the editor: its document is the one to show. */
  readonly file: string | undefined;
  readonly onOpen: (file: string, line: number, column: number) => void;
}

// Those that the workbench looks through for fields that are empty.
const SAMPLES = 12;
const SEED = 'studio';

/** A document of the working copy, made from a sample while its template is typed. */
export function DocumentPreview({ product, copy, documents, file, onOpen }: DocumentPreviewProps) {
  const names = text.studio.document;
  const [chosen, setChosen] = useState<{ readonly file: string | undefined; readonly key: string }>();
  const [risk, setRisk] = useState('0');
  const stored = useQuery({
    queryKey: ['studio', 'risks', product],
    queryFn: () => call<StoredRisk[]>('GET', `/api/studio/products/${encodeURIComponent(product)}/risks?limit=50`),
  });
  const ofFile = documents?.find((document) => document.file === file);
  const own = chosen?.file === file ? documents?.find(({ key }) => key === chosen?.key) : undefined;
  const document = own ?? ofFile ?? documents?.find(({ key }) => key === chosen?.key) ?? documents?.[0];
  const sample: Sample = /^\d+$/.test(risk)
    ? { kind: 'sampled', seed: SEED, index: Number(risk) }
    : { kind: 'stored', locator: risk };
  const made = useQuery({
    queryKey: ['studio', 'document', copy.commit, copy.revision, product, document?.key, risk],
    queryFn: ({ signal }) =>
      call<DocumentAnswer>(
        'POST',
        '/api/studio/document',
        { base: copy.base, changes: copy.changes, product, document: document?.key ?? '', sample },
        signal,
      ),
    enabled: document !== undefined,
    // What was last seen stays until the next is there.
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  if (documents?.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {names.none}
      </Text>
    );
  const risks = [
    ...Array.from({ length: SAMPLES }, (_, index) => String(index)),
    ...(stored.data ?? []).map(({ locator }) => locator),
  ];
  const at = risks.indexOf(risk);
  const step = (by: number) => setRisk(risks[(at + by + risks.length) % risks.length] ?? '0');
  return (
    <div className="studio-document">
      <Group gap={6} wrap="nowrap" align="end">
        <Select
          className="grow"
          label={names.choose}
          data={(documents ?? []).map(({ key, displayName }) => ({ value: key, label: displayName }))}
          value={document?.key ?? null}
          allowDeselect={false}
          onChange={(key) => key && setChosen({ file, key })}
        />
        <Select
          className="grow"
          label={names.sample}
          searchable
          data={[
            {
              group: names.samples,
              items: risks.slice(0, SAMPLES).map((value) => ({ value, label: names.sampled(Number(value) + 1) })),
            },
            ...(stored.data?.length
              ? [{ group: names.stored, items: stored.data.map(({ locator, label }) => ({ value: locator, label })) }]
              : []),
          ]}
          value={risk}
          allowDeselect={false}
          onChange={(value) => value && setRisk(value)}
        />
        <ActionIcon variant="default" size={30} aria-label={names.previous} onClick={() => step(-1)}>
          <IconChevronLeft size={16} />
        </ActionIcon>
        <ActionIcon variant="default" size={30} aria-label={names.next} onClick={() => step(1)}>
          <IconChevronRight size={16} />
        </ActionIcon>
      </Group>
      <div className="studio-document-state" role="status">
        {made.isFetching ? (
          <>
            <Loader size={12} /> {names.making}
          </>
        ) : null}
      </div>
      {made.error ? <DocumentFailure error={made.error} onOpen={onOpen} /> : null}
      {made.data && !made.error ? <Empty fields={made.data.empty} onShow={(index) => setRisk(String(index))} /> : null}
      {made.data && !made.error ? (
        <Made answer={made.data} title={document?.displayName ?? ''} onOpen={onOpen} />
      ) : null}
    </div>
  );
}

interface EmptyProps {
  readonly fields: DocumentAnswer['empty'];
  readonly onShow: (sample: number) => void;
}

/** Fields that the template prints and that not every risk has: one click shows the document without them. */
function Empty({ fields, onShow }: EmptyProps) {
  const names = text.studio.document;
  if (fields.length === 0) return null;
  return (
    <details className="studio-warnings">
      <summary>{names.emptyTitle(fields.length)}</summary>
      <ul className="notes">
        {fields.map(({ field, title, empty, first }) => (
          <li key={field}>
            {names.empty(title, empty, SAMPLES)} ·{' '}
            <button type="button" className="link-button" onClick={() => onShow(first)}>
              {names.showEmpty(first + 1)}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

interface MadeProps {
  readonly answer: DocumentAnswer;
  readonly title: string;
  readonly onOpen: DocumentPreviewProps['onOpen'];
}

function Made({ answer, title, onOpen }: MadeProps) {
  const names = text.studio.document;
  return (
    <>
      {answer.state === 'failed' ? (
        <Complaint message={answer.problem.message} place={answer.problem.place} onOpen={onOpen} />
      ) : null}
      {answer.warnings.length > 0 ? (
        <details className="studio-warnings" open={answer.warnings.length < 3}>
          <summary>{names.warnings(answer.warnings.length)}</summary>
          <ul className="notes">
            {answer.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      ) : null}
      {answer.state === 'suppressed' ? (
        <Text size="sm" c="dimmed">
          {names.suppressed}
        </Text>
      ) : null}
      {answer.state === 'made' && answer.type === 'pdf' ? <Pdf content={answer.content} title={title} /> : null}
      {answer.state === 'made' && answer.type === 'html' ? (
        // Without any permission: nothing in it runs, and it reaches nothing.
        <iframe
          className="studio-html"
          sandbox=""
          title={names.html}
          srcDoc={new TextDecoder().decode(bytesOf(answer.content))}
        />
      ) : null}
    </>
  );
}

interface ComplaintProps {
  readonly message: string;
  readonly place: { readonly file?: string; readonly line?: number; readonly column?: number } | undefined;
  readonly onOpen: DocumentPreviewProps['onOpen'];
}

function Complaint({ message, place, onOpen }: ComplaintProps) {
  const { file, line = 1, column = 1 } = place ?? {};
  return (
    <Alert color="red" variant="light" p="xs" role="alert">
      <Text size="sm">{message}</Text>
      {file === undefined ? null : (
        <button type="button" className="link-button" onClick={() => onOpen(file, line, column)}>
          {text.studio.problemAt(file.slice(file.lastIndexOf('/') + 1), line)}
        </button>
      )}
    </Alert>
  );
}

function DocumentFailure({
  error,
  onOpen,
}: {
  readonly error: Error;
  readonly onOpen: DocumentPreviewProps['onOpen'];
}) {
  if (error instanceof Refusal && error.problem.place?.file)
    return <Complaint message={error.message} place={error.problem.place} onOpen={onOpen} />;
  return <Failure error={error} />;
}

function Pdf({ content, title }: { readonly content: string; readonly title: string }) {
  const bytes = useMemo(() => bytesOf(content), [content]);
  return (
    <Suspense fallback={<Skeleton height={480} />}>
      <PdfView title={title} bytes={bytes} />
    </Suspense>
  );
}

function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)).buffer;
}
