import { calendarDay, type Millis } from '#core/model/time.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';

/** A date and a blank before the next one. */
const COLUMN = 12;

/**
 * A policy's life in text, line by line: what it is, its terms, its transactions in the order of issue, and a bar for everything
 * that is insured. Each column of the bars goes from one date to the next: not to scale, so that every piece has room for its premium.
 * @param width columns that a line may have; more dates go below @param known when it was known like this, milliseconds
 */
export function drawn(shown: TimelineResponse, width = 120, known?: Millis): readonly string[] {
  const day = (at: Millis): string => calendarDay(at, shown.timeZone);
  const { displayId, status, currency, gross, terms, transactions, ended } = shown;
  const held = Number(gross.holdbacks) === 0 ? '' : `, held back ${gross.holdbacks}`;
  return [
    `Policy ${displayId}${known === undefined ? '' : `, as known on ${day(known)}`}: ${status}, ${currency} ${gross.total} (premium ${gross.premium}, taxes ${gross.taxes}, fees ${gross.fees}${held})`,
    ...terms.map(({ start, end, grossPremium }) => `Term ${day(start)} to ${day(end)}: premium ${grossPremium}`),
    ...(ended === undefined ? [] : [`Ended on ${day(ended)}`]),
    '',
    'issued      takes effect                                         premium',
    ...transactions.map(({ effective, issued, kind, name, state, premiumChange = '' }) => {
      const what =
        kind === 'create' ? name : name === kind || name.startsWith('modification.') ? kind : `${kind} ${name}`;
      const when = issued === undefined ? `(${state})` : day(issued);
      return `${when.padEnd(12)}${day(effective)}  ${what.padEnd(36)}${premiumChange.padStart(12)}`.trimEnd();
    }),
    '',
    ...bars(shown, width, day),
  ];
}

interface Bar {
  readonly name: string;
  readonly segments: TimelineResponse['segments'];
}

function bars({ segments }: TimelineResponse, width: number, day: (at: Millis) => string): readonly string[] {
  const dates = [...new Set(segments.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const lines = barsOf(segments);
  const margin = Math.max(0, ...lines.map(({ name }) => name.length)) + 2;
  const columns = Math.max(1, Math.floor((width - margin - 10) / COLUMN));
  const blocks: string[] = [];
  // Neighbouring blocks share a date: the last of one is the first of the next.
  for (let first = 0; first < Math.max(1, dates.length - 1); first += columns) {
    const block = dates.slice(first, first + columns + 1);
    const [from = 0, to = 0] = [block[0], block.at(-1)];
    if (first > 0) blocks.push('');
    blocks.push(`${' '.repeat(margin)}${block.map((date) => day(date).padEnd(COLUMN)).join('')}`.trimEnd());
    for (const { name, segments: of } of lines) {
      const inside = of.filter(({ start, end }) => start < to && from < end);
      if (inside.length > 0) blocks.push(`${name.padEnd(margin)}${barText(inside, block)}`.trimEnd());
    }
  }
  return blocks;
}

/** One bar for the current rows of each name; what was replaced goes below it, on as many as it takes not to overlap. */
function barsOf(segments: TimelineResponse['segments']): readonly Bar[] {
  return [...new Set(segments.map(({ of }) => of))].flatMap((name): readonly Bar[] => {
    const own = segments.filter(({ of }) => of === name);
    const gone: TimelineResponse['segments'][number][][] = [];
    for (const segment of own.filter(({ replaced }) => replaced)) {
      const free = gone.find((line) => line.every(({ start, end }) => end <= segment.start || segment.end <= start));
      if (free) free.push(segment);
      else gone.push([segment]);
    }
    return [
      { name, segments: own.filter(({ replaced }) => !replaced) },
      ...gone.map((line) => ({ name: '  replaced', segments: line })),
    ].filter((bar) => bar.segments.length > 0);
  });
}

/** `├──3.97────┼──────31.51──────┤`, over the dates of a block; a bar that goes on beyond it ends without a stop. */
function barText(segments: TimelineResponse['segments'], dates: readonly Millis[]): string {
  const last = dates.length - 1;
  const line = Array.from({ length: last * COLUMN + 1 }, () => ' ');
  for (const { start, end, premium } of segments) {
    const [from, to] = [Math.max(0, dates.indexOf(start)), dates.includes(end) ? dates.indexOf(end) : last];
    for (let i = from * COLUMN + 1; i < to * COLUMN; i += 1) line[i] = '─';
    stop(line, from * COLUMN, dates.includes(start) ? '├' : '─');
    stop(line, to * COLUMN, dates.includes(end) ? '┤' : '─');
    const label = premium ?? '';
    const at = Math.ceil(((from + to) * COLUMN - label.length) / 2);
    for (const [i, character] of [...label].entries()) line[at + i] = character;
  }
  return line.join('');
}

/** One bar's end is often the next one's start. */
function stop(line: string[], at: number, mark: string): void {
  line[at] = line[at] === ' ' ? mark : '┼';
}
