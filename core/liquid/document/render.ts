import type { JsonObject } from '#core/model/json.ts';
import type { Place } from '#core/model/problem.ts';
import type { TableIndex } from '#core/model/table.ts';

/** Everything that a document depends on: the same input always renders the same text. */
export interface RenderInput {
  /** Path relative to the configuration's root → Liquid. */
  readonly templates: Readonly<Record<string, string>>;
  /** Path of the template to render: a key of `templates`. */
  readonly template: string;
  /** Members visible at the top level: `{data: {policy, policyholder, …}}` (formats §6). */
  readonly data: JsonObject;
  /** The transaction's clock, milliseconds: what `"now"` means. */
  readonly clock: number;
  /** IANA zone of every calendar question. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Tables by name, for `lookup` and `lookup_effective`. */
  readonly tables?: (name: string) => TableIndex | undefined;
  readonly limits?: Partial<RenderLimits>;
}
export interface RenderLimits {
  /** Wall time, milliseconds. */
  readonly time: number;
  /** Characters of the output. */
  readonly output: number;
}
export type RenderOutcome =
  | {
      readonly ok: true;
      readonly html: string;
      /** `{% header %}` and `{% footer %}` blocks; may hold the marks of page_number and page_count. */
      readonly header?: string;
      readonly footer?: string;
      /** `{{ nil | render_static_document }}`: no document. */
      readonly suppressed: boolean;
      /** `{{ "file.pdf" | render_static_document }}`: this static PDF instead. */
      readonly staticDocument?: string;
      readonly warnings: readonly { readonly message: string; readonly place: Place }[];
    }
  | { readonly ok: false; readonly message: string; readonly place?: Place };

/** Renders one document template to HTML. Never throws for what a template did. */
export function renderDocument(input: RenderInput): RenderOutcome {
  return { ok: false, message: `${input.template} can not be rendered yet` };
}
