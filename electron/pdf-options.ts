import type { PrintToPDFOptions } from 'electron';

/** Parameters of the protocol's `Page.printToPDF` as options of Electron's `printToPDF`; both count inches. Throws on one that it does not know. */
export function pdfOptions(params: Readonly<Record<string, unknown>>): PrintToPDFOptions {
  const { paperWidth, paperHeight, marginTop, marginRight, marginBottom, marginLeft, ...same } = params;
  for (const name of Object.keys(same)) if (!SAME.has(name)) throw new Error(`Page.printToPDF: ${name} is not relayed`);
  const inches = { paperWidth, paperHeight, marginTop, marginRight, marginBottom, marginLeft };
  for (const [name, value] of Object.entries(inches))
    if (typeof value !== 'number') throw new Error(`Page.printToPDF: ${name} is missing`);
  return {
    ...same,
    pageSize: { width: Number(paperWidth), height: Number(paperHeight) },
    margins: {
      top: Number(marginTop),
      right: Number(marginRight),
      bottom: Number(marginBottom),
      left: Number(marginLeft),
    },
  };
}
const SAME = new Set(['printBackground', 'preferCSSPageSize', 'generateTaggedPDF', 'generateDocumentOutline']);
