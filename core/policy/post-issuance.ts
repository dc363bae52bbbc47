import * as z from 'zod';
import type { Deployed } from '#core/desk/configurations.ts';
import { type Desk, locatorOf } from '#core/desk/desk.ts';
import type { DocumentRecord, JobRecord } from '#core/desk/records.ts';
import { safeFileName } from '#core/documents/select.ts';
import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { programOf } from '#core/product/program.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { askProductPlugin, hasPlugin } from '#core/sandbox/product-plugin.ts';
import { guestReader } from './guest-reader.ts';
import { blobOf } from './media.ts';
import { documentResponse } from './responses.ts';

const PLUGIN = 'getPostIssuanceResult';

const Answer = z.object({
  documentConsolidations: z
    .array(
      z.object({
        displayName: z.string(),
        fileName: z.string(),
        documentLocators: z.array(z.string()).min(1),
        deleteSourceDocuments: z.boolean().default(false),
      }),
    )
    .default([]),
});

export interface Consolidated {
  readonly added: readonly DocumentRecord[];
  /** Locators of the documents that went into others and are not kept on their own. */
  readonly removed: ReadonlySet<string>;
  readonly failures: JobRecord['failures'];
}

/** Whether the product joins documents after issue (formats §2.10). */
export function hasPostIssuance(product: Product): boolean {
  return hasPlugin(product, PLUGIN);
}

/** Asks the plugin which documents of an issued policy become one, and joins them (formats §2.10). A failure is kept, not thrown. */
export async function consolidateAfterIssue(
  desk: Desk,
  made: {
    readonly deployed: Deployed;
    readonly product: Product;
    /** What was issued. */
    readonly operation: 'newBusiness' | 'endorsement' | 'renewal';
    readonly policy: JsonValue;
    readonly documents: readonly DocumentRecord[];
    readonly context: RunContext;
  },
): Promise<Consolidated> {
  const added: DocumentRecord[] = [];
  const removed = new Set<string>();
  const failures: JobRecord['failures'] = [];
  const failed = (displayName: string, fileName: string, error: unknown): void => {
    if (!(error instanceof Problem)) throw error;
    failures.push({ displayName, fileName, code: error.code, message: error.message });
  };
  try {
    for (const wanted of await ask(desk, made)) {
      try {
        added.push(await join(desk, wanted, made));
        if (wanted.deleteSourceDocuments) for (const locator of wanted.documentLocators) removed.add(locator);
      } catch (error) {
        failed(wanted.displayName, wanted.fileName, error);
      }
    }
  } catch (error) {
    failed(PLUGIN, '', error);
  }
  return { added, removed, failures };
}

type Made = Parameters<typeof consolidateAfterIssue>[1];
type Consolidation = z.infer<typeof Answer>['documentConsolidations'][number];

async function ask(
  desk: Desk,
  { deployed, product, operation, policy, documents, context }: Made,
): Promise<readonly Consolidation[]> {
  const payload = {
    operation,
    policyLocator: documents[0]?.policyLocator ?? '',
    policy,
    documents: documents.map(documentResponse) as unknown as JsonValue,
  };
  const { value } = await askProductPlugin({
    sandbox: desk.sandbox,
    program: programOf(deployed.configuration),
    product,
    name: PLUGIN,
    arguments: [payload],
    answer: Answer,
    context,
    reader: guestReader(desk),
  });
  return value.documentConsolidations;
}

async function join(desk: Desk, wanted: Consolidation, { documents, context }: Made): Promise<DocumentRecord> {
  const sources = wanted.documentLocators.map((locator) => {
    const source = documents.find((document) => document.locator === locator);
    if (source?.type === 'pdf') return source;
    throw new Problem(
      'document-failed',
      `"${wanted.displayName}" is to hold the document ${locator}, which is ${source ? 'no PDF' : 'not there'}.`,
      { place: { locator } },
    );
  });
  const { consolidate } = await import('#core/documents/consolidate.ts');
  const bytes = await Promise.all(sources.map(({ blob, locator }) => blobOf(desk, blob, locator)));
  const joined = await consolidate(bytes, { title: wanted.displayName, clock: context.clock });
  const { invoiceLocator: _, ...like } = sources[0] ?? documents[0] ?? unreachable();
  return {
    ...like,
    locator: locatorOf(desk),
    displayName: wanted.displayName,
    fileName: safeFileName(wanted.fileName, 'pdf'),
    createdAt: context.clock,
    blob: await desk.store.blobs.put(joined.bytes),
    pages: joined.pages,
    warnings: [],
  };
}

function unreachable(): never {
  throw new Problem('internal', 'A consolidation names at least one document.');
}
