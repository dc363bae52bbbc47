import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { canonicalJson } from '#core/model/json.ts';
import { MESSAGES, PROTOCOL } from './protocol.ts';

/** By protocol; a line that was released is never changed. */
const SHAPES: Readonly<Record<number, string>> = {
  1: 'bcef1a84617f668c99ba7d883c4a69e21a703350429c7d0769f39fae0f70342b',
};

test('SY51 the shapes of the messages are those of the protocol version', () => {
  const shapes = Object.fromEntries(Object.entries(MESSAGES).map(([name, shape]) => [name, z.toJSONSchema(shape)]));
  const hash = createHash('sha256').update(canonicalJson(shapes)).digest('hex');
  expect(hash, `a message changed: raise PROTOCOL and add its hash`).toBe(SHAPES[PROTOCOL]);
});
