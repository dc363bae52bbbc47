/**
 * Lets time stand still and chance repeat itself in a realm: `Date`, `Intl.DateTimeFormat` and `Math.random` (rules S7, S8).
 * It enters the realm as text and runs before any guest code: it must not use anything outside itself, and takes what it needs
 * of the realm before a guest can change it.
 *
 * @param now the transaction's clock, milliseconds
 */
export function standStill(now: () => number, seed: () => string): void {
  const { apply, construct, ownKeys, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const { imul } = Math;
  const NativeDate = Date;
  const dateToString = Date.prototype.toString;
  const codeAt = String.prototype.charCodeAt;
  const hide = (target: object, name: PropertyKey, value: unknown): void => {
    defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  };

  const FixedDate = function (this: unknown, ...parts: unknown[]): unknown {
    if (new.target === undefined) return apply(dateToString, new NativeDate(now()), []);
    return construct(NativeDate, parts.length === 0 ? [now()] : parts, new.target);
  };
  for (const key of ownKeys(NativeDate)) {
    const descriptor = getOwnPropertyDescriptor(NativeDate, key);
    if (descriptor) defineProperty(FixedDate, key, descriptor);
  }
  hide(FixedDate, 'now', () => now());
  hide(NativeDate.prototype, 'constructor', FixedDate);
  hide(globalThis, 'Date', FixedDate);

  const formatPrototype = Intl.DateTimeFormat.prototype;
  const nativeFormat = getOwnPropertyDescriptor(formatPrototype, 'format')?.get;
  const nativeParts = formatPrototype.formatToParts;
  if (nativeFormat) {
    defineProperty(formatPrototype, 'format', {
      configurable: true,
      enumerable: false,
      get(this: Intl.DateTimeFormat) {
        const format = apply(nativeFormat, this, []);
        return (date: unknown) => apply(format, undefined, [date === undefined ? now() : date]);
      },
    });
  }
  hide(formatPrototype, 'formatToParts', function (this: Intl.DateTimeFormat, date: unknown) {
    return apply(nativeParts, this, [date === undefined ? now() : date]);
  });

  // sfc32, its 128 bits of state from four rounds of xmur3 over the seed's text (rule S8).
  let state: [number, number, number, number] | undefined;
  const seeded = (): [number, number, number, number] => {
    const text = seed();
    let hash = 1779033703 ^ text.length;
    for (let i = 0; i < text.length; i += 1) {
      hash = imul(hash ^ apply(codeAt, text, [i]), 3432918353);
      hash = (hash << 13) | (hash >>> 19);
    }
    const word = (): number => {
      hash = imul(hash ^ (hash >>> 16), 2246822507);
      hash = imul(hash ^ (hash >>> 13), 3266489909);
      hash ^= hash >>> 16;
      return hash >>> 0;
    };
    return [word(), word(), word(), word()];
  };
  const next = (words: [number, number, number, number]): number => {
    const sum = (words[0] + words[1] + words[3]) | 0;
    words[3] = (words[3] + 1) | 0;
    words[0] = words[1] ^ (words[1] >>> 9);
    words[1] = (words[2] + (words[2] << 3)) | 0;
    words[2] = (((words[2] << 21) | (words[2] >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  hide(Math, 'random', () => {
    if (!state) {
      state = seeded();
      for (let i = 0; i < 12; i += 1) next(state);
    }
    return ((next(state) >>> 5) * 67108864 + (next(state) >>> 6)) / 9007199254740992;
  });
}
