import { expect, test } from 'vitest';
import { type Spoken, understanding } from './handshake.ts';
import { OLDEST_PROTOCOL, PROTOCOL } from './protocol.ts';

const spoken = (more: Partial<Spoken> = {}): Spoken => ({
  protocol: { oldest: OLDEST_PROTOCOL, newest: PROTOCOL },
  journalFormat: 1,
  schemas: { quote: 2 },
  ...more,
});

test.each<[string, Spoken, Spoken, ReturnType<typeof understanding>]>([
  ['the same', spoken(), spoken(), { protocol: PROTOCOL }],
  ['a newer device', spoken({ protocol: { oldest: 1, newest: 9 } }), spoken(), { protocol: PROTOCOL }],
  ['a device of long ago', spoken(), spoken({ protocol: { oldest: 5, newest: 7 } }), { tooOld: 'device' }],
  ['a cloud of long ago', spoken({ protocol: { oldest: 5, newest: 7 } }), spoken(), { tooOld: 'cloud' }],
  ['a schema that the cloud lacks', spoken({ schemas: { quote: 3 } }), spoken(), { tooOld: 'cloud' }],
  ['a type that the cloud lacks', spoken({ schemas: { later: 1 } }), spoken(), { tooOld: 'cloud' }],
  ['a schema that the device lacks', spoken({ schemas: {} }), spoken(), { protocol: PROTOCOL }],
  ['a journal that the cloud can not read', spoken({ journalFormat: 2 }), spoken(), { tooOld: 'cloud' }],
])('SY50 %s', (_name, device, cloud, expected) => {
  expect(understanding(device, cloud)).toEqual(expected);
});
