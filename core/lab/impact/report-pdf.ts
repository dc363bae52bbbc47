import type { Desk } from '#core/desk/desk.ts';
import { paperOf } from '#core/documents/layout.ts';
import {
  bandName,
  METHOD,
  type Report,
  type ReportCell,
  type ReportTable,
  reportFacts,
  reportTables,
} from './report-tables.ts';
import type { Result } from './result.ts';

/** The report as a PDF to be filed: what it was made from, the method, the picture, the tables, and lines to sign on. Throws `document-failed`. */
export async function printReport(desk: Pick<Desk, 'printer'>, result: Result, report: Report): Promise<Uint8Array> {
  const printer = await desk.printer();
  return printer.print({
    html: reportHtml(result, report),
    footer: `<div style="${FRAME}"><span>${escaped(report.title)} · ${escaped(report.product)}</span><span>Page <span class="pageNumber"></span> of <span class="totalPages"></span></span></div>`,
    layout: {},
    title: report.title,
    paper: paperOf(result.currency),
    clock: report.at,
    assets: new Map(),
  });
}

const FRAME =
  "font: 8pt 'Liberation Sans', Arial, sans-serif; color: #51606f; display: flex; justify-content: space-between;";
const STYLE = `
  body { font: 9.5pt/1.4 'Liberation Sans', Arial, sans-serif; color: #1c2733; margin: 0; }
  h1 { font-size: 18pt; margin: 0 0 8pt; color: #16324f; }
  h2 { font-size: 11.5pt; color: #16324f; border-bottom: 1pt solid #c9d3dd; padding-bottom: 3pt; margin: 16pt 0 6pt; break-after: avoid; }
  table { width: 100%; border-collapse: collapse; }
  th { text-align: left; font-weight: 600; color: #51606f; font-size: 8.5pt; border-bottom: 1pt solid #c9d3dd; padding: 3pt 6pt 3pt 0; }
  td { padding: 2.5pt 6pt 2.5pt 0; border-bottom: .5pt solid #e6ebf0; vertical-align: top; overflow-wrap: anywhere; }
  thead { display: table-header-group; } tr { break-inside: avoid; }
  .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 0; padding-left: 6pt; } .number + td:not(.number), .number + th:not(.number) { padding-left: 12pt; }
  dl { display: grid; grid-template-columns: 38mm 1fr; gap: 2pt 6pt; margin: 0; } dt { color: #51606f; } dd { margin: 0; overflow-wrap: anywhere; }
  figure { margin: 8pt 0 0; break-inside: avoid; } figcaption { color: #51606f; font-size: 8.5pt; }
  .together { break-inside: avoid; }
  .pairs { columns: 2; column-gap: 14mm; } .pairs div { display: flex; justify-content: space-between; gap: 8pt; padding: 2.5pt 0; border-bottom: .5pt solid #e6ebf0; break-inside: avoid; } .pairs span + span { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .signatures { display: grid; grid-template-columns: 1fr 1fr; gap: 26pt 18mm; margin-top: 40pt; break-inside: avoid; }
  .signatures div { border-top: .75pt solid #1c2733; padding-top: 3pt; color: #51606f; font-size: 8.5pt; }
`;

/** The report as one HTML page without scripts; names of the book and of the configuration are text in it. */
export function reportHtml(result: Result, report: Report): string {
  const facts = reportFacts(result, report).map(
    ([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`,
  );
  const [summary, ...tables] = reportTables(result).filter(({ name }) => name !== 'Histogram');
  return `<!doctype html><meta charset="utf-8"><title>${escaped(report.title)}</title><style>${STYLE}</style>
<h1>${escaped(report.title)}</h1>
<dl>${facts.join('')}</dl>
${summary ? pairsHtml(summary) : ''}
<h2>Distribution of the change</h2>
<figure>${histogramSvg(result.histogram)}<figcaption>Risks by change, percent of the amount before. Unchanged risks stand apart in grey.</figcaption></figure>
${tables.map(tableHtml).join('\n')}
<h2>Method</h2><p>${escaped(METHOD)}</p>
<div class="signatures"><div>Prepared by, date</div><div>Reviewed by, date</div><div>Actuary responsible, date</div><div>Filing reference</div></div>`;
}

/** Figures with their names, in two columns down the page: the whole of them and the picture are seen at one look. */
function pairsHtml({ name, rows }: ReportTable): string {
  const pairs = rows.map(
    ([label = '', value = '']) =>
      `<div><span>${escaped(cellText(label))}</span><span>${escaped(cellText(value))}</span></div>`,
  );
  return `<h2>${escaped(name)}</h2><div class="pairs">${pairs.join('')}</div>`;
}

/** A table of no more rows stands on one page. */
const MOST_TOGETHER = 14;

function tableHtml({ name, note, columns, rows }: ReportTable): string {
  const numeric = columns.map((_, at) => rows.some((row) => typeof row[at] === 'object'));
  const cell = (value: ReportCell, at: number): string =>
    `<td${numeric[at] ? ' class="number"' : ''}>${escaped(cellText(value))}</td>`;
  const head = columns.some(Boolean)
    ? `<thead><tr>${columns.map((title, at) => `<th${numeric[at] ? ' class="number"' : ''}>${escaped(title)}</th>`).join('')}</tr></thead>`
    : '';
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  const together = rows.length <= MOST_TOGETHER ? ' class="together"' : '';
  return `<section${together}><h2>${escaped(name)}</h2>${note ? `<p>${escaped(note)}</p>` : ''}<table>${head}<tbody>${body}</tbody></table></section>`;
}

function cellText(cell: ReportCell): string {
  if (typeof cell === 'string') return cell;
  const { number, as } = cell;
  switch (as) {
    case 'percent':
      return `${signed(Number(number).toFixed(2))} %`;
    case 'points':
      return `${signed(Number(number).toFixed(2))} pp`;
    case 'factor':
      return Number(number).toFixed(4);
    default:
      return grouped(number);
  }
}

const signed = (text: string): string =>
  text.startsWith('-') ? `−${text.slice(1)}` : Number(text) === 0 ? text : `+${text}`;

/** Thousands apart by a thin space, in text: a sum of a large book is longer than a double. */
function grouped(number: string): string {
  const [whole = '', fraction] = number.replace('-', '−').split('.');
  const spaced = whole.replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [680, 210, 46, 34];

/** The histogram as a drawing: a bar for each bin, the unchanged risks at their place between falls and rises. */
export function histogramSvg(histogram: Result['histogram']): string {
  const bins = histogram.filter(({ kind, count }) => kind !== 'new' && (kind === 'range' || count > 0));
  const levels = countLevels(Math.max(1, ...bins.map(({ count }) => count)));
  const most = levels.at(-1) ?? 1;
  const step = (WIDTH - LEFT) / Math.max(1, bins.length);
  const floor = HEIGHT - BOTTOM;
  const bars = bins.map((bin, at) => {
    const height = (bin.count / most) * (floor - 8);
    const fill = bin.kind === 'same' ? '#8a97a5' : (bin.from ?? -1) >= 0 ? '#c2571a' : '#2b7a78';
    return `<rect x="${(LEFT + at * step + step * 0.08).toFixed(1)}" y="${(floor - height).toFixed(1)}" width="${(step * 0.84).toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}"><title>${escaped(bandName(bin))}: ${bin.count}</title></rect>`;
  });
  const width =
    bins.map(({ from, to }) => (from !== null && to !== null ? to - from : 0)).find((wide) => wide > 0) ?? 1;
  const every = width * Math.ceil(bins.length / 12);
  // From zero on to both sides, so that a label stands where nothing changes.
  const isLabelled = (edge: number): boolean => Math.abs(edge / every - Math.round(edge / every)) < 1e-6;
  const labels = bins.flatMap(({ kind, from }, at) =>
    kind === 'same' || from === null || !isLabelled(from)
      ? []
      : [
          `<text x="${(LEFT + at * step).toFixed(1)}" y="${floor + 13}" text-anchor="middle">${escaped(String(from).replace('-', '−'))}</text>`,
        ],
  );
  const lines = levels.map((level) => {
    const y = (floor - (level / most) * (floor - 8)).toFixed(1);
    return `<line x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}" stroke="#d9e0e7" stroke-width=".6"/><text x="${LEFT - 5}" y="${Number(y) + 3}" text-anchor="end">${grouped(String(level))}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="Histogram of change" font-family="Liberation Sans, Arial, sans-serif" font-size="9" fill="#51606f">${lines.join('')}${bars.join('')}${labels.join('')}<text x="${(LEFT + WIDTH) / 2}" y="${HEIGHT - 5}" text-anchor="middle">Change in %</text></svg>`;
}

/** Round numbers of risks from none to at least the most, four steps or fewer. */
function countLevels(most: number): readonly number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((wide) => wide >= rough) ?? 1);
  const whole = Math.ceil(step);
  return Array.from({ length: Math.ceil(most / whole) + 1 }, (_, at) => at * whole);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
