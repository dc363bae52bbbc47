import type { DocumentDefinition, Product } from '#core/model/product.ts';

/** `finalize` is the finalization of a policy without a quote: quoted and accepted in one. */
export type DocumentEvent = 'quote' | 'finalize' | 'accept' | 'issue';

const EVENTS: Readonly<Record<DocumentEvent, readonly string[]>> = {
  quote: ['quote'],
  finalize: ['quote', 'accept'],
  accept: ['accept'],
  issue: ['issue'],
};

/**
 * The documents of a list (the product's, an endorsement's, the renewals') that an event makes. One that names no event is made
 * when the policy is quoted or finalized (formats §6).
 */
export function documentsFor(documents: readonly DocumentDefinition[], event: DocumentEvent): DocumentDefinition[] {
  return documents.filter(({ generatingEvent = 'quote' }) => EVENTS[event].includes(generatingEvent));
}

/**
 * The documents that an event of a transaction makes (formats §1.7, §1.9): endorsements and renewals when they are accepted where
 * nothing else is said, cancellations when they are issued, reinstatements when they are accepted; the reserved templates by
 * their file alone.
 */
export function transactionDocuments(
  product: Product,
  kind: string,
  name: string,
  event: DocumentEvent,
): readonly DocumentDefinition[] {
  const of = (documents: readonly DocumentDefinition[] = []): DocumentDefinition[] =>
    documents.filter(({ generatingEvent = 'accept' }) => EVENTS[event].includes(generatingEvent));
  const reserved = (template: ReservedTemplate): readonly DocumentDefinition[] => {
    const document = reservedDocument(product, template);
    return document ? [document] : [];
  };
  const cancellation = product.cancellations.find((candidate) => candidate.name === name);
  switch (kind) {
    case 'endorsement':
      return of(product.endorsements.find((candidate) => candidate.name === name)?.documents);
    case 'renewal':
      return of(product.renewals.documents);
    case 'cancellation':
      return event === 'issue'
        ? [...(cancellation?.documents ?? []), ...reserved(name === 'lapse' ? 'lapse' : 'cancellation')]
        : [];
    case 'reinstatement':
      return event === 'accept' || event === 'finalize'
        ? [...(cancellation?.reinstatement.documents ?? []), ...reserved('reinstatement')]
        : [];
    default:
      return [];
  }
}

export type ReservedTemplate = 'invoice' | 'cancellation' | 'lapse' | 'gracePeriod' | 'reinstatement';

const RESERVED_NAMES: Readonly<Record<ReservedTemplate, string>> = {
  invoice: 'Invoice',
  cancellation: 'Cancellation',
  lapse: 'Lapse',
  gracePeriod: 'Grace period',
  reinstatement: 'Reinstatement',
};

/** The document of a reserved template: its file alone enables it (formats §1.9). */
export function reservedDocument(product: Product, name: ReservedTemplate): DocumentDefinition | undefined {
  if (product.templates[name] === undefined) return undefined;
  return { displayName: RESERVED_NAMES[name], fileName: `${name}.pdf`, templateName: name, type: 'pdf' };
}

/** What of a file name is looked at: cleaning a longer one would take its square in time. */
const MOST_CHARACTERS = 500;

/**
 * A file name that is safe on every system: no folders, no control characters, no reserved names, and the ending of its type.
 * `../a/b.pdf` → `b.pdf`.
 */
export function safeFileName(fileName: string, type: 'pdf' | 'html'): string {
  const bare = (fileName.split(/[/\\]/).pop() ?? '').slice(0, MOST_CHARACTERS);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const clean = bare.replaceAll(/[\u0000-\u001f\u007f<>:"|?*]/g, '').replaceAll(/^[.\s]+|[.\s]+$/g, '');
  const stem =
    clean
      .replace(/\.(pdf|html?)$/i, '')
      .slice(0, 150)
      .toWellFormed() || 'document';
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(stem);
  return `${reserved ? '_' : ''}${stem}.${type}`;
}
