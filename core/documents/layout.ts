import type { PageLayout } from '#core/model/product.ts';
import type { Paper } from './contract.ts';

/** A page in CSS pixels (96 an inch). */
export interface PageGeometry {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };
}

const MILLIMETRE = 96 / 25.4;
const SIZES: Readonly<Record<Paper, readonly [number, number]>> = {
  A4: [210 * MILLIMETRE, 297 * MILLIMETRE],
  Letter: [8.5 * 96, 11 * 96],
};
const DEFAULT_MARGIN = 15 * MILLIMETRE;
const UNITS: Readonly<Record<string, number>> = {
  mm: MILLIMETRE,
  cm: 10 * MILLIMETRE,
  in: 96,
  pt: 96 / 72,
  pc: 16,
  px: 1,
};

/** The paper of a tenant: Letter where dollars of the United States or Canada are paid, A4 everywhere else. */
export function paperOf(currency: string): Paper {
  return currency === 'USD' || currency === 'CAD' ? 'Letter' : 'A4';
}

/** A page layout (formats §1.9) in pixels. A margin that is absent or no length is 15 mm; a bare number counts millimetres. */
export function pageGeometry(layout: PageLayout, paper: Paper): PageGeometry {
  const [short, long] = SIZES[paper];
  const landscape = layout.orientation?.toLowerCase() === 'landscape';
  const [width, height] = landscape ? [long, short] : [short, long];
  const margin = (text: string | undefined, extent: number): number =>
    Math.min(readLength(text) ?? DEFAULT_MARGIN, extent * 0.4);
  return {
    width,
    height,
    margin: {
      top: margin(layout.marginTop, height),
      right: margin(layout.marginRight, width),
      bottom: margin(layout.marginBottom, height),
      left: margin(layout.marginLeft, width),
    },
  };
}

/** `10mm`, `0.5in`, `36pt`, `12` → pixels; undefined when it is no length. */
export function readLength(text: string | undefined): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(mm|cm|in|pt|pc|px)?\s*$/i.exec(text ?? '');
  if (!match) return undefined;
  return Number(match[1]) * (UNITS[(match[2] ?? 'mm').toLowerCase()] ?? MILLIMETRE);
}
