import { expect, test } from 'vitest';
import type { ProductForm } from '#core/api/contract.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { NearChange } from '#core/model/near-miss.ts';
import type { RiskForm } from '../risk/form.ts';
import { applyChanges, reversed } from './apply-changes.ts';

const field = (name: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({
  name,
  title: name,
  type: 'string',
  optional: false,
  repeatable: false,
  ...more,
});
const product = {
  policyholderFields: [field('state')],
  fields: [
    field('use', { type: 'select', values: ['private', 'business'] }),
    field('trade', { condition: { use: ['business'] } }),
    field('losses', { type: 'group', repeatable: true, fields: [field('cause')] }),
  ],
  exposures: [
    {
      name: 'thing',
      displayName: 'Thing',
      fields: [field('value')],
      perils: [{ name: 'theft', displayName: 'Theft', fields: [], amounts: { deductible: '500' } }],
    },
  ],
} as unknown as ProductForm;
const form: RiskForm = {
  policyholder: { values: { state: ['NY'] }, groups: {} },
  start: '2026-01-01',
  end: '2027-01-01',
  policy: {
    values: { use: ['business'], trade: ['Smith'] },
    groups: {
      losses: [
        { key: 'a', values: { cause: ['Fire'] } },
        { key: 'b', values: { cause: ['Fire'] } },
      ],
    },
  },
  exposures: [
    {
      key: 'x',
      name: 'thing',
      values: { value: ['10'] },
      groups: {},
      perils: [{ name: 'theft', included: true, amounts: { deductible: '500' }, values: {}, groups: {} }],
    },
  ],
};
const change = (target: NearChange['target'], from: string[], to: string[]): NearChange => ({
  target,
  from,
  to,
  path: '',
  label: '',
  kind: 'fact',
});

test('changes reach policyholder, policy, groups, exposures, covers and their amounts', () => {
  const changed = applyChanges(
    form,
    [
      change({ on: 'policyholder', field: 'state' }, ['NY'], ['NE']),
      change({ on: 'policy', group: { field: 'losses', index: 1 }, field: 'cause' }, ['Fire'], ['Water']),
      change({ on: 'exposure', exposure: 0, field: 'value' }, ['10'], ['9']),
      change({ on: 'peril', exposure: 0, peril: 'theft', amount: 'deductible' }, ['500'], ['1000']),
      change({ on: 'peril', exposure: 0, peril: 'theft' }, ['included'], []),
    ],
    product,
  );
  expect(changed.policyholder.values.state).toEqual(['NE']);
  expect(changed.policy.groups.losses?.map(({ values }) => values.cause)).toEqual([['Fire'], ['Water']]);
  expect(changed.exposures[0]?.values.value).toEqual(['9']);
  expect(changed.exposures[0]?.perils[0]).toMatchObject({ included: false, amounts: { deductible: '1000' } });
});

test('what a change hides goes, because it may not be given then', () => {
  const changed = applyChanges(form, [change({ on: 'policy', field: 'use' }, ['business'], ['private'])], product);
  expect(changed.policy.values).toEqual({ use: ['private'] });
});

test('reversed changes take back what can be taken back, and leave the rest alone', () => {
  const changes = [
    change({ on: 'exposure', exposure: 0, field: 'value' }, ['10'], ['9']),
    change({ on: 'peril', exposure: 0, peril: 'theft' }, ['included'], []),
  ];
  expect(applyChanges(applyChanges(form, changes, product), reversed(changes), product)).toEqual(form);
});
