import { Problem } from '#core/model/problem.ts';
import { type FinishedPdf, finish, readPdf } from './pdf.ts';

/**
 * Joins PDFs to one, in order, no page lost (getPostIssuanceResult, formats §2.10). Same input, same bytes.
 * @param clock milliseconds: the date in the PDF
 * @throws Problem document-failed when a source is no readable PDF, with its number
 */
export async function consolidate(
  sources: readonly Uint8Array[],
  { title, clock }: { readonly title: string; readonly clock: number },
): Promise<FinishedPdf> {
  const { PDFDocument } = await import('@cantoo/pdf-lib');
  const joined = await PDFDocument.create({ updateMetadata: false });
  for (const [index, bytes] of sources.entries()) {
    const source = await readPdf(bytes).catch((cause: unknown) => {
      throw new Problem(
        'document-failed',
        `"${title}": document ${index + 1} of ${sources.length} is no readable PDF.`,
        {
          cause,
        },
      );
    });
    for (const page of await joined.copyPages(source, source.getPageIndices())) joined.addPage(page);
  }
  return finish(joined, { title, clock, content: sources });
}
