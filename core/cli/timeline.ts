import { existsSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '#core/model/problem.ts';
import { calendarDay, type Millis } from '#core/model/time.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import { getTimeline } from '#core/policy/transactions/snapshot.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { loadKey } from '#core/store/key.ts';
import { printJson, printProblem } from './output.ts';

/** Columns of the drawing, beside the names. */
const WIDTH = 72;

/** `fieldwriter timeline <data> <policy>`: the segments of a policy in text. @returns the exit code */
export async function timeline(
  data: string,
  policy: string,
  options: { readonly known?: string; readonly replaced?: boolean; readonly json?: boolean },
): Promise<number> {
  let desk: OpenDesk | undefined;
  try {
    const folder = path.resolve(data);
    if (!existsSync(path.join(folder, STORE_FILES.database)))
      throw new Problem('not-found', `${folder} holds no data of Fieldwriter.`, { place: { file: folder } });
    desk = openDesk({ folder, key: loadKey(process.env, folder), documents: 'later' });
    const known = options.known === undefined ? undefined : instantOf(options.known);
    const shown = await getTimeline(desk, policy, known, options.replaced);
    if (options.json) printJson(shown);
    else process.stdout.write(`${drawn(shown).join('\n')}\n`);
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await desk?.close();
  }
}

function instantOf(text: string): Millis {
  const millis = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(millis)) return millis;
  throw new Problem('malformed-request', `--known is "${text}", which is no time: give milliseconds or ISO 8601.`);
}

/** The drawing, line by line: who it is, its transactions, and a bar for everything that is insured. */
export function drawn(shown: TimelineResponse): readonly string[] {
  const { displayId, status, currency, gross, terms, transactions, segments, timeZone } = shown;
  const day = (at: Millis): string => calendarDay(at, timeZone);
  const from = Math.min(...terms.map(({ start }) => start));
  const to = Math.max(...terms.map(({ end }) => end));
  const column = (at: Millis): number =>
    Math.round(((Math.min(Math.max(at, from), to) - from) / (to - from)) * (WIDTH - 1));
  const names = [...new Set(segments.map(({ of }) => of))];
  const margin = Math.max(8, ...names.map((name) => name.length)) + 2;
  return [
    `Policy ${displayId}: ${status}, ${currency} ${gross.total} (premium ${gross.premium}, taxes ${gross.taxes}, fees ${gross.fees}${Number(gross.holdbacks) === 0 ? '' : `, held back ${gross.holdbacks}`})`,
    '',
    ...transactions.map(
      ({ effective, issued, kind, name, state, premiumChange }) =>
        `  ${day(effective)}  ${`${kind} ${name === kind ? '' : name}`.trim().padEnd(34)} ${(premiumChange ?? '').padStart(12)}  ${state}${issued === undefined ? '' : ` ${day(issued)}`}`,
    ),
    '',
    `${' '.repeat(margin)}${day(from).padEnd(WIDTH - 10)}${day(to)}`,
    ...names.map((name) => {
      const line = Array.from({ length: WIDTH }, () => ' ');
      for (const segment of segments)
        if (segment.of === name) draw(line, column(segment.start), column(segment.end), segment.premium);
      return `${name.padEnd(margin)}${line.join('').trimEnd()}`;
    }),
  ];
}

function draw(line: string[], start: number, end: number, label = ''): void {
  for (let i = start; i <= end; i += 1) line[i] = line[i] === '├' || line[i] === '┤' || line[i] === '┼' ? '┼' : '─';
  line[start] = line[start] === '┼' ? '┼' : '├';
  if (line[end] !== '┼') line[end] = '┤';
  const room = end - start - 1;
  if (label.length === 0 || label.length > room) return;
  const at = start + 1 + Math.floor((room - label.length) / 2);
  for (const [i, character] of [...label].entries()) line[at + i] = character;
}
