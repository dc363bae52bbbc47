import { expect, test } from 'vitest';
import { Trace } from './trace.ts';
import type { WorksheetStep } from './worksheet.ts';

const missedIn = (file: string): WorksheetStep => {
  const place = { file, line: 3 };
  return { kind: 'lookup', table: 'rates', keys: ['NE'], found: false, value: null, rows: [], place };
};

test('P51: a missed lookup is followed by a warning that says where, and what the author got instead', () => {
  const trace = new Trace();
  trace.addGuestSteps([
    missedIn('a.premium.liquid'),
    { kind: 'section', title: 's', steps: [missedIn('scripts/r.js')] },
  ]);
  expect(trace.steps).toMatchObject([
    { kind: 'lookup' },
    { kind: 'warning', message: expect.stringMatching(/"rates" has no row for "NE" \(a\.premium\.liquid:3\).* nil, /) },
    {
      kind: 'section',
      steps: [{ kind: 'lookup' }, { kind: 'warning', message: expect.stringContaining('answered an empty text') }],
    },
  ]);
});
