import * as z from 'zod';
import type { Departure } from '#core/model/departure.ts';
import { type DepartureFacts, judgeDeparture } from '#core/sync/departure.ts';
import { departureFacts } from '#core/sync/departure-facts.ts';
import type { Door } from '../door.ts';
import { parse } from '../parse.ts';
import { timeZoneOf } from './desk.ts';

const MOST_DAYS = 60;
const DepartureQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(MOST_DAYS, `a trip has at most ${MOST_DAYS} days`).default(1),
});

/** What the check before a trip looks at beside the store. */
export interface DepartureParts {
  /** The data folder. */
  readonly folder: string;
  /** What replication knows. */
  replication(): Pick<DepartureFacts, 'replication' | 'numbers'>;
}

/** "Am I ready to leave?" (core/sync/SPEC.md SY70). */
export function departureResources(door: Door, { folder, replication }: DepartureParts): void {
  door.on(
    {
      method: 'get',
      path: '/api/sync/departure',
      tag: 'Replication',
      summary: 'Whether one can leave for some days without a network, and what is to be done before',
      query: { days: `how long, today included; default 1, at most ${MOST_DAYS}` },
      answer: 'Departure',
    },
    async ({ desk, context }): Promise<Departure> => {
      const { days } = parse(DepartureQuery, context.req.query(), 'The query of the departure check');
      // That the newest configuration is not here is one of the answers, no reason to give none.
      const timeZone = timeZoneOf(desk).catch(() => 'UTC');
      const question = { folder, days, timeZone: await timeZone };
      return judgeDeparture(await departureFacts(desk, question, replication()));
    },
  );
}
