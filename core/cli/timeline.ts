import { existsSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '#core/model/problem.ts';
import { addCalendar, calendarDay, type Millis, startOfDay } from '#core/model/time.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import { getTimeline } from '#core/policy/transactions/snapshot.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { loadKey } from '#core/store/key.ts';
import { printJson, printProblem } from './output.ts';
import { drawn } from './timeline-drawing.ts';

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
    const latest = await getTimeline(desk, policy, undefined, options.replaced);
    const known = options.known === undefined ? undefined : knownAt(options.known, latest);
    const shown = known === undefined ? latest : await getTimeline(desk, policy, known, options.replaced);
    if (options.json) printJson(shown);
    else process.stdout.write(`${drawn(shown, process.stdout.columns, known).join('\n')}\n`);
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await desk?.close();
  }
}

/** An instant, or the end of a day: what was issued on it was known on it. Throws `malformed-request`, `not-found`. */
function knownAt(text: string, { timeZone, transactions, displayId }: TimelineResponse): Millis {
  const at = /^-?\d+$/.test(text)
    ? Number(text)
    : /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? endOf(text, timeZone)
      : Date.parse(text);
  if (!Number.isFinite(at))
    throw new Problem(
      'malformed-request',
      `--known is "${text}", which is no time: give a day (2021-09-30), ISO 8601, or milliseconds.`,
    );
  const issued = transactions[0]?.issued ?? 0;
  if (at >= issued) return at;
  throw new Problem(
    'not-found',
    `Policy ${displayId} was issued on ${calendarDay(issued, timeZone)}: on ${text} nothing was known of it.`,
  );
}

function endOf(day: string, timeZone: string): Millis {
  try {
    return addCalendar(startOfDay(day, timeZone), { days: 1 }, timeZone) - 1;
  } catch (cause) {
    if (cause instanceof RangeError) return Number.NaN;
    throw cause;
  }
}
