import { createHash } from 'node:crypto';
import type { PDFDocument } from '@cantoo/pdf-lib';

/** pdf-lib is slow to load: only when something is printed or merged. */
const library = () => import('@cantoo/pdf-lib');

/** What is written into a PDF instead of the moment and machine that made it. */
export interface PdfIdentity {
  readonly title: string;
  /** Milliseconds. */
  readonly clock: number;
  /** Everything that the content depends on: names this exact document in its /ID. */
  readonly content: readonly (string | Uint8Array)[];
}

export interface FinishedPdf {
  readonly bytes: Uint8Array;
  readonly pages: number;
}

/** Reads a PDF that we printed or were given. @throws when it is none, or is encrypted. */
export async function readPdf(bytes: Uint8Array): Promise<PDFDocument> {
  const { PDFDocument } = await library();
  return PDFDocument.load(bytes, { updateMetadata: false });
}

/** Draws the pages of `frame` over those of `body`, one by one. */
export async function layOver(body: PDFDocument, frame: Uint8Array): Promise<void> {
  const pages = body.getPages();
  const embedded = await body.embedPdf(frame, [...pages.keys()]);
  for (const [index, page] of pages.entries()) {
    const over = embedded[index];
    if (over) page.drawPage(over);
  }
}

/** Saves with fixed dates, producer and /ID: the same input gives the same bytes. */
export async function finish(document: PDFDocument, identity: PdfIdentity): Promise<FinishedPdf> {
  const { PDFHexString } = await library();
  const date = new Date(identity.clock);
  document.setTitle(identity.title);
  document.setCreator('Fieldwriter');
  document.setProducer('Fieldwriter');
  document.setCreationDate(date);
  document.setModificationDate(date);
  const hash = createHash('sha256').update(`${identity.title}\n${identity.clock}`);
  for (const part of identity.content) hash.update(part);
  const id = PDFHexString.of(hash.digest('hex').slice(0, 32));
  document.context.trailerInfo.ID = document.context.obj([id, id]);
  const bytes = await document.save({ addDefaultPage: false, updateFieldAppearances: false });
  return { bytes, pages: document.getPageCount() };
}
