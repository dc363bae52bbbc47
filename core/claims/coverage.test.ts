import { describe, expect, it } from 'vitest';
import { draftPolicy } from '#core/model/policy.fixture.ts';
import type { PerilCharacteristics, PolicyResponse } from '#core/model/policy.ts';
import { coverageAt, coverageRefusal, periodsOf } from './coverage.ts';

const at = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const year = { start: at('2026-01-01'), end: at('2027-01-01') };

/** A policy with one peril whose rows are given as [from, to, replaced?]. */
function policyOf(rows: readonly (readonly [string, string, 'replaced'?])[], more: object = {}): PolicyResponse {
  const policy = draftPolicy({ productName: 'auto', ...year, exposures: [{ name: 'vehicle', perils: ['collision'] }] });
  const characteristics = (template: PerilCharacteristics) =>
    rows.map(([from, to, replaced], i) => ({
      ...template,
      locator: `row${i}`,
      coverageStartTimestamp: String(at(from)),
      coverageEndTimestamp: String(at(to)),
      ...(replaced ? { replacedTimestamp: String(year.start) } : {}),
    }));
  return {
    ...policy,
    issuedTimestamp: String(year.start),
    exposures: policy.exposures.map((exposure) => ({
      ...exposure,
      perils: exposure.perils.map((peril) => ({
        ...peril,
        characteristics: peril.characteristics.flatMap(characteristics),
      })),
    })),
    ...more,
  };
}
const rowAt = (policy: PolicyResponse, date: string) => coverageAt(policy, 'e0-collision', at(date))?.row.locator;

describe('K10, K11: the row in force', () => {
  it('is issued, current, and holds the instant; its end is exclusive', () => {
    const policy = policyOf([
      ['2026-01-01', '2027-01-01', 'replaced'],
      ['2026-01-01', '2026-06-01'],
      ['2026-06-01', '2027-01-01'],
    ]);
    expect(
      ['2025-12-31', '2026-01-01', '2026-05-31', '2026-06-01', '2027-01-01'].map((date) => rowAt(policy, date)),
    ).toEqual([undefined, 'row1', 'row1', 'row2', undefined]);
    expect(rowAt({ ...policy, issuedTimestamp: undefined } as unknown as PolicyResponse, '2026-05-31')).toBeUndefined();
  });

  it('of a cancelled policy ends with the cancellation, and a gap before the reinstatement is not covered', () => {
    const policy = policyOf([
      ['2026-01-01', '2027-01-01', 'replaced'],
      ['2026-01-01', '2026-04-01'],
      ['2026-05-01', '2027-01-01'],
    ]);
    expect(['2026-03-31', '2026-04-15', '2026-05-01'].map((date) => rowAt(policy, date))).toEqual([
      'row1',
      undefined,
      'row2',
    ]);
    expect(coverageRefusal(policy, 'e0-collision', at('2026-04-15'), 'UTC')).toBe(
      'collision of vehicle was not in force on 2026-04-15 00:00. It is in force from 2026-01-01 00:00 to 2026-04-01 00:00 and from 2026-05-01 00:00 to 2027-01-01 00:00.',
    );
  });

  it('of a policy cancelled from its start is nowhere', () => {
    const policy = policyOf([
      ['2026-01-01', '2027-01-01', 'replaced'],
      ['2026-01-01', '2026-01-01'],
    ]);
    expect(rowAt(policy, '2026-01-01')).toBeUndefined();
    expect(coverageRefusal(policy, 'e0-collision', at('2026-01-01'), 'UTC')).toContain('It is never in force.');
  });

  it('K12: the refusal points to the peril of the other term, and names the perils where there is none such', () => {
    const first = policyOf([['2026-01-01', '2027-01-01']]);
    const [exposure] = first.exposures;
    const [peril] = exposure?.perils ?? [];
    const [row] = peril?.characteristics ?? [];
    if (!exposure || !peril || !row) throw new Error('The fixture has a peril');
    const next = {
      ...row,
      locator: 'renewed',
      coverageStartTimestamp: String(at('2027-01-01')),
      coverageEndTimestamp: String(at('2028-01-01')),
    };
    const policy: PolicyResponse = {
      ...first,
      exposures: [{ ...exposure, perils: [peril, { ...peril, locator: 'second-term', characteristics: [next] }] }],
    };
    expect(coverageRefusal(policy, 'e0-collision', at('2027-03-01'), 'UTC')).toContain(
      'Claim on collision second-term, which was in force then.',
    );
    expect(coverageAt(policy, 'second-term', at('2027-03-01'))?.row.locator).toBe('renewed');
    expect(coverageRefusal(policy, 'nobody', at('2027-03-01'), 'UTC')).toContain('It has: collision e0-collision');
  });

  it('rows that touch are one period, in order', () => {
    const policy = policyOf([
      ['2026-06-01', '2027-01-01'],
      ['2026-01-01', '2026-06-01'],
    ]);
    const [peril] = policy.exposures[0]?.perils ?? [];
    expect(peril && periodsOf(peril)).toEqual([year]);
  });
});
