import { describe, expect, it } from 'vitest';
import type { Charge } from '#core/model/charge.ts';
import { cancellationInForce, hindrances } from './allowed.ts';
import { comparedLines, priceLines } from './price-lines.ts';
import { nextSteps, stepPath } from './steps.ts';

const DAY = 86_400_000;
const lifecycle = { endorsements: [{ name: 'a', displayName: 'A', reprice: 'always' as const }], cancellations: [] };
const timeline = { status: 'in force', terms: [{ start: 10 * DAY, end: 20 * DAY, grossPremium: '1' }] };

describe('hindrances', () => {
  it('says why something can not be done', () => {
    expect(hindrances(timeline, lifecycle)).toEqual({
      endorse: undefined,
      renew: undefined,
      cancel: 'noCancellations',
      reinstate: 'notCancelled',
    });
    expect(hindrances({ ...timeline, ended: 15 * DAY }, lifecycle)).toEqual({
      endorse: undefined,
      renew: 'cancelled',
      cancel: 'cancelled',
      reinstate: undefined,
    });
    expect(hindrances({ ...timeline, ended: 10 * DAY }, lifecycle).endorse).toBe('nothingCovered');
    expect(new Set(Object.values(hindrances({ ...timeline, status: 'withdrawn' }, lifecycle)))).toEqual(
      new Set(['withdrawn']),
    );
  });

  it('reinstates the cancellation that is in force, not an earlier one at the same time', () => {
    const cancellation = (locator: string, issued: number, state = 'issued') => ({
      locator,
      kind: 'cancellation',
      name: 'x',
      state,
      effective: 15 * DAY,
      issued,
    });
    const transactions = [cancellation('first', 1), cancellation('second', 3), cancellation('draft', 4, 'draft')];
    expect(cancellationInForce({ ended: 15 * DAY, transactions })).toBe('second');
  });
});

describe('nextSteps', () => {
  it('follows the life of each kind', () => {
    expect(nextSteps('endorsement', 'application')).toEqual(['open', 'quote', 'issue', 'discard']);
    expect(nextSteps('endorsement', 'issued')).toEqual([]);
    expect(nextSteps('fees', 'draft')).toEqual(['discard']);
    expect(stepPath('renewal', '7', 'accept')).toBe('/renewals/7/accept');
    expect(stepPath('cancellation', '7', 'discard')).toBe('/api/transactions/7/discard');
  });
});

describe('priceLines', () => {
  const charge = (more: Partial<Charge> & Pick<Charge, 'type' | 'amount'>): Charge => ({
    locator: 'c',
    start: 0,
    end: 1,
    transactionLocator: 't',
    ...more,
  });
  const premium = (amount: string, perilName = 'collision') =>
    charge({ type: 'premium', amount, exposureLocator: 'v1', exposureName: 'vehicle', perilName });

  it('makes one line of what is taken back and charged again, exact to the cent', () => {
    const lines = priceLines([
      premium('-119.00'),
      premium('59.50'),
      premium('71.50'),
      charge({ type: 'tax', amount: '1.11', taxName: 'premium_tax' }),
      charge({ type: 'commission', amount: '9.00' }),
      charge({ type: 'fee', amount: '-10.00', feeName: 'f', description: 'Processing' }),
    ]);
    expect(lines.map(({ type, name, perilName, amount }) => [type, name ?? perilName, amount])).toEqual([
      ['premium', 'collision', '12'],
      ['tax', 'premium_tax', '1.11'],
      ['fee', 'Processing', '-10'],
    ]);
  });

  it('compares two terms line by line', () => {
    const before = priceLines([premium('100.10'), premium('5.00', 'theft')]);
    const after = priceLines([premium('110.30'), premium('7.00', 'glass')]);
    expect(
      comparedLines(before, after).map((line) => [line.perilName, line.before, line.after, line.difference]),
    ).toEqual([
      ['collision', '100.1', '110.3', '10.2'],
      ['glass', '0', '7', '7'],
      ['theft', '5', '0', '-5'],
    ]);
  });
});
