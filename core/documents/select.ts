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
