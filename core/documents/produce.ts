import { type Place, Problem, placeText } from '#core/model/problem.ts';
import type { DocumentDefinition } from '#core/model/product.ts';
import { programOf } from '#core/product/program.ts';
import type { Program, Sandbox, TemplateOutcome } from '#core/sandbox/contract.ts';
import { collectAssets } from './assets.ts';
import type { DocumentsInput, Printer, ProducedDocument } from './contract.ts';
import { documentData } from './data.ts';
import { paperOf, readLength } from './layout.ts';
import { readPdf } from './pdf.ts';
import { safeFileName } from './select.ts';

interface Ports {
  readonly sandbox: Pick<Sandbox, 'renderTemplate'>;
  readonly printer: Pick<Printer, 'print'>;
  readonly signal?: AbortSignal;
}
type Made = Extract<ProducedDocument, { state: 'made' }>;

/**
 * Produces the documents of a transaction, each on its own: made, suppressed by its template, or failed with a Problem that names the
 * template's line. The file names of the answered definitions are safe to write. Never rejects; same input, same bytes.
 */
export async function produceDocuments(input: DocumentsInput, ports: Ports): Promise<readonly ProducedDocument[]> {
  const program = programOf(input.configuration);
  return Promise.all(
    input.documents.map(async (document): Promise<ProducedDocument> => {
      const definition = { ...document, fileName: safeFileName(document.fileName, document.type) };
      try {
        const data = documentData(input.data, input.product, input.configuration);
        const made = await produce(definition, { ...input, program, data }, ports);
        return made ? { definition, state: 'made', ...made } : { definition, state: 'suppressed' };
      } catch (error) {
        return { definition, state: 'failed', problem: asProblem(error, definition) };
      }
    }),
  );
}

/** @returns undefined when the template suppresses the document */
async function produce(
  definition: DocumentDefinition,
  input: DocumentsInput & { readonly program: Program },
  ports: Ports,
): Promise<Pick<Made, 'bytes' | 'pages' | 'warnings'> | undefined> {
  const { product } = input;
  const template = product.templates[templateKey(definition.templateName)];
  if (template === undefined) {
    const known = Object.keys(product.templates).join(', ') || 'none';
    throw fault(
      `"${definition.displayName}" names the template "${definition.templateName}", which does not exist (there are: ${known})`,
    );
  }
  ports.signal?.throwIfAborted();
  const outcome = await ports.sandbox.renderTemplate({
    program: input.program,
    template,
    data: { data: input.data },
    context: input.context,
  });
  if (!outcome.ok) {
    const place = outcome.place ?? { file: template };
    throw new Problem(
      outcome.code,
      `"${definition.displayName}" could not be rendered (${placeText(place)}): ${outcome.message}`,
      { place },
    );
  }
  if (outcome.suppressed) return undefined;
  const warnings = outcome.warnings.map(({ message, place }) => `${placeText(place)}: ${message}`);
  if (outcome.staticDocument !== undefined) return staticDocument(outcome.staticDocument, input, template, warnings);
  if (definition.type === 'html') return { bytes: htmlDocument(outcome, warnings), warnings };
  return printed(definition, outcome, input, template, warnings, ports);
}

async function printed(
  definition: DocumentDefinition,
  outcome: Extract<TemplateOutcome, { ok: true }>,
  input: DocumentsInput,
  template: string,
  warnings: string[],
  ports: Ports,
): Promise<Pick<Made, 'bytes' | 'pages' | 'warnings'>> {
  const { header, footer, html } = outcome;
  const layout = definition.pageLayout ?? {};
  for (const [name, value] of Object.entries(layout))
    if (name.startsWith('margin') && readLength(value) === undefined)
      warnings.push(`The page layout's ${name} "${value}" is no length: 15 mm are used.`);
  const { assets, missing, beyond } = collectAssets(`${html}${header ?? ''}${footer ?? ''}`, (paths) =>
    findFile(input, template, paths),
  );
  for (const reference of missing)
    warnings.push(
      `${template}: "${reference}" is not among the files of the configuration; it is printed without (bundle it as assets/…).`,
    );
  if (beyond > 0) warnings.push(`${template}: ${beyond} file(s) beyond the 500 that a page may load are left out.`);
  ports.signal?.throwIfAborted();
  const bytes = await ports.printer.print({
    html,
    ...(header !== undefined && { header }),
    ...(footer !== undefined && { footer }),
    layout,
    title: definition.displayName,
    paper: paperOf(input.configuration.currency),
    clock: input.context.clock,
    assets,
  });
  return { bytes, pages: (await readPdf(bytes)).getPageCount(), warnings };
}

async function staticDocument(
  name: string,
  { product, configuration }: DocumentsInput,
  template: string,
  warnings: readonly string[],
): Promise<Pick<Made, 'bytes' | 'pages' | 'warnings'>> {
  const wanted = name.split('/').pop()?.toLowerCase();
  const path =
    product.staticDocuments[name] ??
    Object.entries(product.staticDocuments).find(([file]) => file.toLowerCase() === wanted)?.[1];
  const bytes = path === undefined ? undefined : configuration.files.get(path);
  if (path === undefined || !bytes) {
    const known = Object.keys(product.staticDocuments).join(', ') || 'none';
    throw fault(`the static document "${name}" is not in static_documents/ (there are: ${known})`, { file: template });
  }
  try {
    return { bytes, pages: (await readPdf(bytes)).getPageCount(), warnings };
  } catch (error) {
    throw fault(`${path} is no PDF that can be read`, { file: path }, error);
  }
}

/** Scripts never run in a document, wherever it is opened: its text holds what customers typed. */
const NO_POWER =
  "<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'; object-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'\">";

function htmlDocument(outcome: Extract<TemplateOutcome, { ok: true }>, warnings: string[]): Uint8Array {
  if (outcome.header !== undefined || outcome.footer !== undefined)
    warnings.push('{% header %} and {% footer %} belong to PDF documents; this HTML document goes without them.');
  const [doctype = ''] = /^\s*<!doctype[^>]*>/i.exec(outcome.html) ?? [];
  return new TextEncoder().encode(`${doctype}${NO_POWER}${outcome.html.slice(doctype.length)}`);
}

/** Beside the template, in the product's folder, then at the root of the configuration. */
function findFile(
  { product, configuration }: DocumentsInput,
  template: string,
  paths: readonly string[],
): Uint8Array | undefined {
  const folders = [template.slice(0, template.lastIndexOf('/') + 1), product.directory && `${product.directory}/`, ''];
  for (const path of paths)
    for (const folder of folders) {
      const bytes = configuration.files.get(folder + path);
      if (bytes) return bytes;
    }
  return undefined;
}

/** `schedule.template.liquid`, as configurations name it, and `schedule` mean the same. */
function templateKey(name: string): string {
  return name.replace(/(\.template)?\.liquid$/, '');
}

function fault(message: string, place?: Place, cause?: unknown): Problem {
  return new Problem('document-failed', message, { ...(place && { place }), cause });
}

function asProblem(error: unknown, { displayName }: DocumentDefinition): Problem {
  if (error instanceof Problem) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem('document-failed', `"${displayName}" could not be produced: ${reason}`, { cause: error });
}
