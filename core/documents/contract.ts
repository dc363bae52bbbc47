import type { JsonObject } from '#core/model/json.ts';
import type { Problem } from '#core/model/problem.ts';
import type { Configuration, DocumentDefinition, PageLayout, Product } from '#core/model/product.ts';
import type { RunContext } from '#core/sandbox/contract.ts';

/** Prints HTML to PDF with real Chromium: a browser on this machine, or the window's own in the desktop. */
export interface Printer {
  print(page: PrintJob): Promise<Uint8Array>;
  close(): Promise<void>;
}
export interface PrintJob {
  readonly html: string;
  readonly header?: string;
  readonly footer?: string;
  readonly layout: PageLayout;
  readonly title: string;
  /** A4 unless Letter is asked for. */
  readonly paper?: Paper;
  /** The transaction's clock, milliseconds: the date in the PDF, so that the same input gives the same bytes. */
  readonly clock: number;
  /**
   * Images and styles that the page may load, by relative path or by the full address that the template names; everything else
   * is refused. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
}
export type Paper = 'A4' | 'Letter';

export interface DocumentsInput {
  readonly configuration: Configuration;
  readonly product: Product;
  readonly documents: readonly DocumentDefinition[];
  /** `{policy, policyholder, …}` in camelCase as the API answers; the engine turns it into the snake_case of templates. */
  readonly data: JsonObject;
  readonly context: RunContext;
}
/** One answer a document: made, suppressed by its template, or failed; one failure never takes the others with it. */
export type ProducedDocument = { readonly definition: DocumentDefinition } & (
  | {
      readonly state: 'made';
      readonly bytes: Uint8Array;
      readonly pages?: number;
      readonly warnings: readonly string[];
    }
  | { readonly state: 'suppressed' }
  | { readonly state: 'failed'; readonly problem: Problem }
);
