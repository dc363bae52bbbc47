import { Context, type Liquid, LiquidError, type Template, toValueSync } from 'liquidjs';
import type { JsonObject } from '#core/model/json.ts';
import type { Place } from '#core/model/problem.ts';
import type { TableIndex } from '#core/model/table.ts';
import { createEngine } from './engine.ts';
import { type LenientText, lineAndColumn, readLeniently, UnclosedTag } from './lenient.ts';
import { type At, Run, type Warning } from './run.ts';
import { toTemplateValue } from './values.ts';

/** What the documents of one configuration share; parsed templates are kept. */
export interface DocumentProgram {
  /** Path relative to the configuration's root → Liquid. */
  readonly templates: Readonly<Record<string, string>>;
  /** IANA zone of every calendar question. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Tables by name, for `lookup` and `lookup_effective`. */
  readonly tables?: (name: string) => TableIndex | undefined;
}
export interface DocumentRun {
  /** Path of the template to render: a key of `templates`. */
  readonly template: string;
  /** Members visible at the top level: `{data: {policy, policyholder, …}}` (formats §6); `{"$decimal": "10.50"}` is an exact decimal. */
  readonly data: JsonObject;
  /** The transaction's clock, milliseconds: what `"now"` means. */
  readonly clock: number;
  readonly limits?: Partial<RenderLimits>;
}
export type RenderInput = DocumentProgram & DocumentRun;

export interface RenderLimits {
  /** Wall time, milliseconds; needs a clock that runs (a sandbox with a fixed clock brings its own limit). */
  readonly time: number;
  /** Characters of the output. */
  readonly output: number;
}
const LIMITS: RenderLimits = { time: 5_000, output: 5_000_000 };

export interface RenderedTemplate {
  readonly ok: true;
  readonly html: string;
  /** `{% header %}` and `{% footer %}` blocks; may hold the marks of page_number and page_count (marks.ts). */
  readonly header?: string;
  readonly footer?: string;
  /** `{{ nil | render_static_document }}`: no document. */
  readonly suppressed: boolean;
  /** `{{ "file.pdf" | render_static_document }}`: this static PDF instead. */
  readonly staticDocument?: string;
  readonly warnings: readonly Warning[];
}
export type RenderOutcome = RenderedTemplate | { readonly ok: false; readonly message: string; readonly place?: Place };

export interface DocumentRenderer {
  /** Never throws for what a template did. */
  render(run: DocumentRun): RenderOutcome;
}

/** Renders one document template to HTML. Never throws for what the template did. Same input, same output. */
export function renderDocument(input: RenderInput): RenderOutcome {
  return createDocumentRenderer(input).render(input);
}

/** Renders documents of one configuration; each template is parsed once. */
export function createDocumentRenderer(program: DocumentProgram): DocumentRenderer {
  const read = new Map<string, LenientText>();
  const engines = new Map<string, Liquid>();
  const parsed = new Map<string, Template[]>();
  let current: Run | undefined;

  const lenient = (path: string): LenientText => {
    const known = read.get(path) ?? readPlaced(path, program.templates[path] ?? '');
    read.set(path, known);
    return known;
  };
  const placeOf = (at: At | undefined, template: string): Place => {
    const file = at?.file ?? template;
    return { file, ...(at ? read.get(file)?.place(at.begin) : undefined) };
  };
  const runNow = (): Run => {
    if (!current) throw new Error('no document is being rendered');
    return current;
  };
  const engineOf = (template: string): Liquid => {
    const directory = template.slice(0, template.lastIndexOf('/') + 1);
    const known = engines.get(directory);
    if (known) return known;
    const engine = createEngine(
      {
        find: (name) => findPartial(program.templates, directory, name),
        read: readAndWarn,
        again: (name) => void readAndWarn(findPartial(program.templates, directory, name) ?? name),
      },
      runNow,
    );
    engines.set(directory, engine);
    return engine;
  };
  const readAndWarn = (path: string): string => {
    const text = lenient(path);
    warnOf(path, text);
    return text.text;
  };
  const warnOf = (path: string, text: LenientText): void => {
    const known = engineOf(path).filters;
    for (const { message, line, column } of text.warnings) runNow().warnAt(message, { file: path, line, column });
    for (const { name, line, column } of text.filters)
      if (!known[name])
        runNow().warnAt(`there is no filter "${name}": the value passes through it unchanged`, {
          file: path,
          line,
          column,
        });
  };

  return {
    render({ template, data, clock, limits: given }) {
      const limits = { ...LIMITS, ...given };
      if (!Object.hasOwn(program.templates, template))
        return { ok: false, message: `there is no template ${template}`, place: { file: template } };
      const scope = toTemplateValue(data) as { data?: { policyholder?: unknown } };
      current = new Run(
        {
          clock,
          timeZone: program.timeZone,
          currency: program.currency,
          tables: program.tables ?? (() => undefined),
          policyholder: scope.data?.policyholder,
        },
        limits.output,
        (at) => placeOf(at, template),
      );
      try {
        const engine = engineOf(template);
        const text = readAndWarn(template);
        const templates = parsed.get(template) ?? engine.parse(text, template);
        parsed.set(template, templates);
        const context = new Context(
          scope,
          engine.options,
          { sync: true, renderLimit: limits.time },
          { liquid: engine },
        );
        const html = new LimitedEmitter(limits.output);
        toValueSync(engine.renderer.renderTemplates(templates, context, html));
        return outcome(current, html.buffer, template);
      } catch (error) {
        return failure(error, template, (at) => placeOf(at, template));
      } finally {
        current = undefined;
      }
    },
  };
}

function outcome(run: Run, html: string, template: string): RenderOutcome {
  const { decision, header, footer } = run;
  if (decision && html.trim() !== '')
    run.warnAt('what the template prints beside render_static_document is left out', { file: template });
  if (decision?.suppressed) return { ok: true, html: '', suppressed: true, warnings: run.warnings };
  return {
    ok: true,
    html: decision ? '' : html,
    suppressed: false,
    ...(decision ? { staticDocument: decision.file } : { ...(header && { header }), ...(footer && { footer }) }),
    warnings: run.warnings,
  };
}

function failure(error: unknown, template: string, placeOf: (at: At) => Place): RenderOutcome {
  if (error instanceof PlacedError) return { ok: false, message: error.message, place: error.place };
  if (isStackOverflow(error)) {
    const message = 'the template includes itself without end, or nests deeper than can be rendered';
    return { ok: false, message, place: { file: template } };
  }
  if (!LiquidError.is(error)) return { ok: false, message: messageOf(error), place: { file: template } };
  const original: unknown = error.originalError;
  if (original instanceof PlacedError || isStackOverflow(original)) return failure(original, template, placeOf);
  const message =
    original === undefined ? error.message.replace(/(, file:.*)?, line:\d+, col:\d+$/, '') : messageOf(original);
  return { ok: false, message, place: placeOf(error.token) };
}

/** A fault whose place is known already. */
class PlacedError extends Error {
  readonly place: Place;
  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

function readPlaced(path: string, source: string): LenientText {
  try {
    return readLeniently(source);
  } catch (error) {
    if (!(error instanceof UnclosedTag)) throw error;
    throw new PlacedError(error.message, { file: path, ...lineAndColumn(source, error.offset) });
  }
}

const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof Error && error.message.startsWith('Maximum call stack'));
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `include 'terms'` finds `terms`, `terms.liquid` and `terms.template.liquid` beside the template, or a path from the root. */
function findPartial(templates: Readonly<Record<string, string>>, directory: string, name: string): string | undefined {
  const candidates = ['', '.liquid', '.template.liquid'].flatMap((end) => [directory + name + end, name + end]);
  return candidates.find((path) => Object.hasOwn(templates, path));
}

class LimitedEmitter {
  buffer = '';
  readonly #limit: number;
  constructor(limit: number) {
    this.#limit = limit;
  }
  write(html: unknown): void {
    this.buffer += String(html ?? '');
    if (this.buffer.length > this.#limit)
      throw new Error(`the document prints more than ${this.#limit.toLocaleString('en-US')} characters`);
  }
}
