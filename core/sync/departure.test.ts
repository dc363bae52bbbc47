import { expect, test } from 'vitest';
import type { DepartureCheck } from '#core/model/departure.ts';
import { type DepartureFacts, judgeDeparture } from './departure.ts';

const HOUR = 3_600_000;
const NOW = 1_790_000_000_000;
type Replication = NonNullable<DepartureFacts['replication']>;

const replicated: Replication = {
  complete: true,
  position: 40,
  cloudPosition: 40,
  parked: 0,
  lastSuccess: NOW - HOUR,
  blocked: null,
  waiting: { entries: 0, files: 0 },
  conflicts: 0,
  validUntil: NOW + 72 * HOUR,
};
const facts = (more: Partial<DepartureFacts> = {}, replication: Partial<Replication> = {}): DepartureFacts => ({
  now: NOW,
  trip: { days: 3, until: '2026-09-23', end: NOW + 60 * HOUR },
  replication: { ...replicated, ...replication },
  products: [{ name: 'Personal Auto', present: true }],
  documents: [{ policyLocator: 'p', policyTitle: 'Ada Marsh', displayName: 'Declaration', present: true }],
  numbers: [{ series: 'policyNumber', left: 90 }],
  issuedLately: 30,
  disk: { free: 5_000_000_000 },
  ...more,
});
const todo = (given: DepartureFacts): readonly DepartureCheck['name'][] =>
  judgeDeparture(given).checks.flatMap(({ name, state }) => (state === 'todo' ? [name] : []));

test('SY70 one tick when there is nothing to do, and a stand-alone workbench is not asked about others', () => {
  expect(judgeDeparture(facts())).toMatchObject({ ready: true, days: 3, until: '2026-09-23' });
  const alone = judgeDeparture(facts({ replication: null, numbers: [], documents: [], products: [], disk: null }));
  expect(alone.ready).toBe(true);
  expect(new Set(alone.checks.map(({ state }) => state))).toEqual(new Set(['none']));
});

test.each<[string, DepartureFacts, readonly DepartureCheck['name'][]]>([
  ['SY71 never met', facts({}, { lastSuccess: null }), ['current']],
  ['SY71 first fetch under way', facts({}, { complete: false }), ['current']],
  ['SY71 behind', facts({}, { cloudPosition: 41 }), ['current']],
  ['SY71 parked', facts({}, { parked: 1 }), ['current']],
  ['SY71 twelve hours ago', facts({}, { lastSuccess: NOW - 12 * HOUR }), []],
  ['SY71 longer ago', facts({}, { lastSuccess: NOW - 12 * HOUR - 1 }), ['current']],
  ['SY71 a clock that was put back', facts({}, { lastSuccess: NOW + HOUR }), []],
  ['SY72 a file waits', facts({}, { waiting: { entries: 0, files: 1 } }), ['waiting']],
  ['SY72 an open conflict', facts({}, { conflicts: 1 }), ['conflicts']],
  ['SY73 rates that are not here', facts({ products: [{ name: 'Personal Auto', present: false }] }), ['products']],
  ['SY75 as many as the pace needs', facts({ issuedLately: 300, numbers: [{ series: 'n', left: 90 }] }), []],
  ['SY75 one less', facts({ issuedLately: 300, numbers: [{ series: 'n', left: 89 }] }), ['numbers']],
  ['SY75 nobody leaves with nine', facts({ issuedLately: 0, numbers: [{ series: 'n', left: 9 }] }), ['numbers']],
  ['SY76 stands still', facts({}, { blocked: 'revoked' }), ['authority']],
  ['SY76 ends on the way', facts({}, { validUntil: NOW + 59 * HOUR }), ['authority']],
  ['SY76 no end is known', facts({}, { validUntil: null }), []],
  ['SY77 a full disk', facts({ disk: { free: 999_999_999 } }), ['disk']],
])('%s', (_name, given, expected) => {
  expect(todo(given)).toEqual(expected);
  expect(judgeDeparture(given).ready).toBe(expected.length === 0);
});

test('SY74 names the documents that are not here, with whose they are', () => {
  const missing = { policyLocator: 'q', policyTitle: 'Bo Lund', displayName: 'Schedule' };
  const given = facts({ documents: [...facts().documents, { ...missing, present: false }] });
  expect(judgeDeparture(given).checks.find(({ name }) => name === 'documents')).toEqual({
    name: 'documents',
    state: 'todo',
    count: 2,
    missing: [missing],
  });
});
