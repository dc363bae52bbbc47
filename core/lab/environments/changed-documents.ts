import { canonicalJson } from '#core/model/json.ts';
import type { Configuration, DocumentDefinition, Product } from '#core/model/product.ts';
import type { ChangedDocument } from './contract.ts';

/** A document of a product with where it lies. */
interface Listed {
  readonly name: string;
  /** What the product says of it: when it is made, its layout. */
  readonly entry: string;
  readonly template: string | undefined;
}

/**
 * The documents that would come out otherwise with another version: those whose template or entry differs, and all where a static
 * document or an asset differs that any template may bring in (EN4). By their names.
 */
export function changedDocuments(
  before: { readonly configuration: Configuration; readonly product: Product } | undefined,
  after: { readonly configuration: Configuration; readonly product: Product },
): readonly ChangedDocument[] {
  const [was, is] = [before ? listed(before.product) : new Map<string, Listed>(), listed(after.product)];
  const shared = before ? sharedFiles(before.configuration, after.configuration) : [];
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key): readonly ChangedDocument[] => {
    const [old, now] = [was.get(key), is.get(key)];
    if (!old || !now) {
      const { name = '', template } = old ?? now ?? {};
      return [{ name, kind: old ? 'removed' : 'added', files: template === undefined ? [] : [template] }];
    }
    const files = [
      ...(old.template === now.template && now.template !== undefined && differs(before, after, now.template)
        ? [now.template]
        : old.template === now.template
          ? []
          : [now.template ?? old.template ?? '']),
      ...shared,
    ];
    return files.length > 0 || old.entry !== now.entry ? [{ name: now.name, kind: 'changed', files }] : [];
  });
}

/** By what it belongs to and its name: two cancellations may each have a notice. */
function listed(product: Product): Map<string, Listed> {
  const found = new Map<string, Listed>();
  const add = (of: string, documents: readonly DocumentDefinition[]): void => {
    for (const document of documents) {
      const template = product.templates[document.templateName.replace(/(\.template)?\.liquid$/, '')];
      const name = of === '' ? document.displayName : `${document.displayName} (${of})`;
      found.set(`${of}\n${document.displayName}`, { name, entry: canonicalJson(document), template });
    }
  };
  add('', product.documents);
  for (const { displayName, documents } of product.endorsements) add(displayName, documents);
  add('renewal', product.renewals.documents);
  for (const { title, documents, reinstatement } of product.cancellations) {
    add(title, documents);
    add(`${title}, reinstatement`, reinstatement.documents);
  }
  const named = new Set([...found.values()].map(({ template }) => template));
  // Reserved templates (formats §1.9) are documents by being there.
  for (const [name, template] of Object.entries(product.templates))
    if (!named.has(template)) found.set(`\n${name}`, { name, entry: '', template });
  return found;
}

const SHARED = /(^|\/)(static_documents|assets)\//;

function sharedFiles(before: Configuration, after: Configuration): readonly string[] {
  return [...new Set([...before.files.keys(), ...after.files.keys()])]
    .filter((file) => SHARED.test(file) && !same(before.files.get(file), after.files.get(file)))
    .sort();
}

function differs(
  before: { readonly configuration: Configuration } | undefined,
  after: { readonly configuration: Configuration },
  file: string,
): boolean {
  return !same(before?.configuration.files.get(file), after.configuration.files.get(file));
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}
