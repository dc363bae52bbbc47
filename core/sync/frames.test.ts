import fc from 'fast-check';
import { expect, test } from 'vitest';
import { framed, unframed } from './frames.ts';

const SEED = 20261127;

test('frames come back as they went', () => {
  const frame = fc.record({ head: fc.jsonValue(), body: fc.uint8Array({ maxLength: 300 }) });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), (frames) => {
      // -0 is no JSON.
      const plain = frames.map(({ head, body }) => ({ head: JSON.parse(JSON.stringify(head)) as unknown, body }));
      expect(unframed(framed(plain)).map(({ head, body }) => ({ head, body: Uint8Array.from(body) }))).toEqual(plain);
    }),
    { seed: SEED, numRuns: 200 },
  );
});

test('cut, lengthened and meaningless bytes are refused as a whole', () => {
  const whole = framed([{ head: { a: 1 }, body: Uint8Array.from([1, 2, 3]) }]);
  for (let length = 1; length < whole.length; length += 1) expect(() => unframed(whole.subarray(0, length))).toThrow();
  const huge = Uint8Array.from(whole);
  huge[0] = 255;
  expect(() => unframed(huge)).toThrow(RangeError);
  expect(() => unframed(Uint8Array.from([...whole, 9]))).toThrow();
});
