import { expect, test } from 'vitest';
import type { ProductForm } from '#core/api/contract.ts';
import type { ConflictDetail, ConflictRecordSides, SyncStatus } from '#core/api/contracts/sync.ts';
import { batteryCheck } from './battery.ts';
import { differenceOf, resolutionOf, withSide } from './conflict-taken.ts';
import { fieldWords, valueWords } from './field-words.ts';
import { statusWords } from './words.ts';

const status = (more: Partial<SyncStatus> = {}): SyncStatus => ({
  cloud: { tenantName: 'Northwind', addresses: ['https://a'], address: 'https://a' },
  device: 'd',
  on: true,
  metered: false,
  activity: { phase: 'waiting' },
  blocked: null,
  position: 10,
  cloudPosition: 10,
  complete: true,
  waiting: { entries: 0, bytes: 0, files: 0, fetches: 0 },
  parked: 0,
  setBack: null,
  lost: 0,
  conflicts: 0,
  lastSuccess: 1_000,
  lastFailure: null,
  nextTry: null,
  clockOffset: 0,
  traffic: { sent: 0, received: 0 },
  numbers: [],
  ...more,
});
const waits = { entries: 2, bytes: 10, files: 0, fetches: 0 };
const failed = { at: 2_000, message: 'refused' };

test.each<[string, Partial<SyncStatus>, RegExp]>([
  ['alone', { cloud: null }, /^This laptop only$/],
  ['in step', {}, /^In step$/],
  ['work that waits', { waiting: waits }, /^2 waiting$/],
  ['switched off with nothing to send', { on: false }, /^Replication off$/],
  ['no network, whatever waits', { waiting: waits, lastFailure: failed }, /^No cloud since /],
  ['a failure before the last success', { lastFailure: { at: 500, message: '' } }, /^In step$/],
  [
    'the first fetch',
    { complete: false, activity: { phase: 'snapshot', done: 1, total: 4, bytes: 9 } },
    /^First sync 25%$/,
  ],
  [
    'what a person has to do, before everything',
    { waiting: waits, blocked: { reason: 'revoked', message: 'm' } },
    /^Stands still: This device was revoked$/,
  ],
])('the status bar says the one thing that matters: %s', (_name, more, expected) => {
  expect(statusWords(status(more)).words).toMatch(expected);
});

const vehicle = { locator: 'e1', name: 'vehicle', perils: [{ locator: 'x1', name: 'collision' }] };
const sides: ConflictRecordSides = {
  type: 'quote',
  locator: 'q',
  title: 'Quote 1',
  before: null,
  theirs: { exposures: [vehicle] },
  mine: { exposures: [{ ...vehicle, locator: 'e0' }, vehicle] },
  fields: [
    { path: 'updatedAt', before: 1, theirs: 2, mine: 3, clash: true },
    { path: 'contractStart', before: 1, theirs: 1, mine: 2, clash: false },
    { path: 'name', before: 'a', theirs: 'b', mine: 'a', clash: false },
    { path: 'exposures[e1].fieldValues.color', before: ['red'], theirs: ['green'], mine: ['blue'], clash: true },
  ],
};
const product = {
  policyholderFields: [],
  fields: [],
  exposures: [
    {
      name: 'vehicle',
      displayName: 'Vehicle',
      fields: [{ name: 'color', title: 'Colour' }],
      perils: [{ name: 'collision', displayName: 'Collision cover', fields: [], amounts: {} }],
    },
  ],
} as unknown as ProductForm;

test('fields have the names of the forms, also of a product that is not known yet', () => {
  expect(fieldWords('exposures[e1].fieldValues.color', sides, product)).toBe('Vehicle 2 › Colour');
  expect(fieldWords('exposures[e1].perils[x1].amounts.deductible', sides, product)).toBe(
    'Vehicle 2 › Collision cover › Deductible',
  );
  expect(fieldWords('exposures[e1].fieldValues.garage_zip', sides, undefined)).toBe('Vehicle 2 › Garage zip');
  expect(valueWords(['red', 'blue'], 'fieldValues.colors', 'UTC')).toBe('red, blue');
  expect(valueWords([], 'fieldValues.colors', 'UTC')).toBe('nothing');
});

test('clashes come first, what only the program reads is left out, and by field each side keeps what it alone changed', () => {
  expect(differenceOf(sides).map(({ path }) => path)).toEqual([
    'exposures[e1].fieldValues.color',
    'contractStart',
    'name',
  ]);
  const conflict = { records: [sides] } as unknown as ConflictDetail;
  expect(resolutionOf(conflict, 'fields', new Map())).toEqual({
    choice: 'fields',
    fields: [{ type: 'quote', locator: 'q', paths: ['contractStart'] }],
  });
  const taken = withSide(new Map(), sides, 'exposures[e1].fieldValues.color', 'mine');
  expect(resolutionOf(conflict, 'fields', taken).fields?.[0]?.paths).toEqual([
    'contractStart',
    'exposures[e1].fieldValues.color',
  ]);
  expect(resolutionOf(conflict, 'mine', taken)).toEqual({ choice: 'mine' });
});

test('SY77 a battery is half full or plugged in; a machine without one is not asked', () => {
  expect(batteryCheck(undefined)).toBeUndefined();
  expect(batteryCheck({ charging: true, level: 1 })).toBeUndefined();
  expect(batteryCheck({ charging: true, level: 0.1 })?.fine).toBe(true);
  expect(batteryCheck({ charging: false, level: 0.5 })?.fine).toBe(true);
  expect(batteryCheck({ charging: false, level: 0.49 })?.fine).toBe(false);
});
