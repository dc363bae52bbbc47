import { describe, expect, it } from 'vitest';
import { differencesBetween } from '#core/model/timeline/differences.ts';
import type { ExposureEntity, GroupEntity, PerilEntity, RiskForm } from '../risk/form.ts';
import { changeRequest, insuredIn } from './change-request.ts';
import { moved } from './moved.ts';

const peril = (name: string, more: Partial<PerilEntity> = {}): PerilEntity => ({
  locator: `${name}-locator`,
  name,
  included: true,
  amounts: { deductible: '500.00' },
  values: {},
  groups: {},
  ...more,
});
const vehicle = (locator: string, value: string, more: Partial<ExposureEntity> = {}): ExposureEntity => ({
  key: locator,
  locator,
  name: 'vehicle',
  values: { value: [value], colour: ['red'] },
  groups: {},
  perils: [peril('theft'), peril('glass', { included: false, locator: undefined } as Partial<PerilEntity>)],
  ...more,
});
const form = (more: Partial<RiskForm> = {}): RiskForm => ({
  policyholder: { values: {}, groups: {} },
  start: '2021-06-28',
  end: '2022-06-28',
  policy: {
    values: { channel: ['Agent'] },
    groups: { drivers: [{ key: 'd1', locator: 'd1', values: { name: ['Ada'], years: ['3'] } }] },
  },
  exposures: [vehicle('v1', '10000'), vehicle('v2', '5000')],
  ...more,
});

describe('changeRequest', () => {
  it('asks for nothing where nothing changed', () => {
    expect(changeRequest(form(), structuredClone(form())).request).toEqual({});
  });

  it('names only what changed: fields, emptied fields, amounts, perils that come and go', () => {
    const after = form({
      exposures: [
        vehicle('v1', '12000', {
          values: { value: ['12000'], colour: [' '] },
          perils: [
            peril('theft', { amounts: { deductible: '250' } }),
            peril('glass', { amounts: { deductible: '' }, values: { kind: ['full'] } }),
          ],
        }),
        vehicle('v2', '5000', { perils: [peril('theft', { included: false }), peril('glass', { included: false })] }),
      ],
    });
    expect(changeRequest(form(), after).request).toEqual({
      updateExposures: [
        {
          exposureLocator: 'v1',
          fieldValues: { value: ['12000'], colour: [] },
          addPerils: [{ name: 'glass', fieldValues: { kind: ['full'] }, fieldGroups: [] }],
          updatePerils: [{ perilLocator: 'theft-locator', deductible: '250' }],
        },
        { exposureLocator: 'v2', endPerils: ['theft-locator'] },
      ],
    });
  });

  it('adds and ends exposures, and says where in the form each part of the request stands', () => {
    const { locator: _, ...fresh } = vehicle('new', '8000');
    const after = form({ exposures: [vehicle('v2', '6000'), fresh] });
    const { request, places } = changeRequest(form(), after);
    expect(request).toMatchObject({
      endExposures: ['v1'],
      addExposures: [{ exposureName: 'vehicle', fieldValues: { value: ['8000'] }, perils: [{ name: 'theft' }] }],
      updateExposures: [{ exposureLocator: 'v2', fieldValues: { value: ['6000'] } }],
    });
    expect([...places]).toEqual([
      ['updateExposures[0]', 'exposures[0]'],
      ['addExposures[0]', 'exposures[1]'],
      ['addExposures[0].perils[0]', 'exposures[1].perils[0]'],
    ]);
  });

  it('changes, adds and removes repeats of groups by themselves', () => {
    const drivers: GroupEntity[] = [
      { key: 'd1', locator: 'd1', values: { name: ['Ada M.'], years: ['3'] } },
      { key: 'x', values: { name: ['Bo'] } },
    ];
    const after = form({ policy: { values: { channel: ['Agent'] }, groups: { drivers } } });
    expect(changeRequest(form(), after).request).toEqual({
      addFieldGroups: [{ fieldName: 'drivers', fieldValues: { name: ['Bo'] } }],
      updateFieldGroups: [{ fieldGroupLocator: 'd1', fieldName: 'drivers', fieldValues: { name: ['Ada M.'] } }],
    });
    const none = form({ policy: { values: { channel: ['Agent'] }, groups: { drivers: [] } } });
    expect(changeRequest(form(), none).request).toEqual({ removeFieldGroups: ['d1'] });
  });
});

describe('insuredIn', () => {
  it('lets two forms be told apart', () => {
    const after = form({ exposures: [vehicle('v1', '12000'), vehicle('v2', '5000')] });
    expect(differencesBetween(insuredIn(form()), insuredIn(after))).toMatchObject([
      { field: 'value', before: '10000', after: '12000', exposure: { number: 1 } },
    ]);
  });
});

describe('moved', () => {
  it('keeps what somebody changed, and takes everything else from the other date', () => {
    const mine = form({ exposures: [vehicle('v1', '12000'), vehicle('v2', '5000')] });
    const there = form({
      policy: { values: { channel: ['Broker'] }, groups: {} },
      exposures: [vehicle('v1', '11000', { values: { value: ['11000'], colour: ['blue'] } }), vehicle('v3', '1')],
    });
    const { policy, exposures } = moved(mine, form(), there);
    expect(policy.values).toEqual({ channel: ['Broker'] });
    expect(exposures.map(({ locator, values }) => [locator, values])).toEqual([
      ['v1', { value: ['12000'], colour: ['blue'] }],
      ['v3', { value: ['1'], colour: ['red'] }],
    ]);
  });

  it('keeps exposures that are new, and what was ended ended', () => {
    const { locator: _, ...fresh } = vehicle('new', '8000');
    const mine = form({ exposures: [vehicle('v1', '10000'), fresh] });
    expect(moved(mine, form(), form()).exposures.map(({ key }) => key)).toEqual(['v1', 'new']);
  });
});
