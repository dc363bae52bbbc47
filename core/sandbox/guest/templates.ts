import { createDocumentRenderer } from '#core/liquid/document/render.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Service } from './service.ts';

/** What the templates of a program share, as JSON text crosses. */
export interface TemplatesText {
  readonly templates: Readonly<Record<string, string>>;
  readonly timeZone: string;
  readonly currency: string;
}

/**
 * Renders document templates inside the isolate.
 * @param text JSON of `TemplatesText`
 * @returns a function of template, data (JSON text), clock and output limit that answers a `RenderOutcome` as JSON text
 */
export function createTemplates(
  service: Service,
  text: string,
): (template: string, data: string, clock: number, output: number) => string {
  const program: TemplatesText = JSON.parse(text);
  const renderer = createDocumentRenderer({ ...program, tables: (name) => service.table(name) });
  return (template, dataText, clock, output) => {
    const data: JsonObject = JSON.parse(dataText);
    // Time is the isolate's business: its limit stops a template as it stops any other guest.
    return JSON.stringify(
      renderer.render({ template, data, clock, limits: { time: Number.POSITIVE_INFINITY, output } }),
    );
  };
}
