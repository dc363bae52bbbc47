import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { canonicalJson } from '#core/model/json.ts';
import { MESSAGES, PROTOCOL } from './protocol.ts';

/** By protocol; a line that was released is never changed. */
const SHAPES: Readonly<Record<number, string>> = {
  1: '977063a95b194d55038e98da92504ece0992bb9494c9e3050c2c6852d6e67a2a',
  2: 'c220b42e602fe9fcd1af9b9b9dcb3fb8ee4fb112990fba07136de2c23474c7ea',
};

test('SY51 the shapes of the messages are those of the protocol version', () => {
  const shapes = Object.fromEntries(Object.entries(MESSAGES).map(([name, shape]) => [name, z.toJSONSchema(shape)]));
  const hash = createHash('sha256').update(canonicalJson(shapes)).digest('hex');
  expect(hash, `a message changed: raise PROTOCOL and add its hash`).toBe(SHAPES[PROTOCOL]);
});
