/**
 * Makes the writer of a call's answer: plain data as JSON text `{"value": …}` (rules S15, S16). It enters the realm as text and
 * runs before any guest code: it must not use anything outside itself, and takes what it needs of the realm before a guest can
 * change it. Getters, `toJSON` and proxies of the answer run here, within the guest's limits.
 *
 * @param warn hears of members that were left out
 * @returns a function of the answer and the greatest size of its text; it throws an Error that names the place in the answer
 */
export function plainWriter(warn: (text: string) => void): (answer: unknown, outputLimit: number) => string {
  const { stringify } = JSON;
  const { apply, ownKeys, getOwnPropertyDescriptor } = Reflect;
  const { isArray } = Array;
  const { isFinite: finite } = Number;
  const NativeError = Error;
  const NativeString = String;
  const NativeWeakSet = WeakSet;
  const tagOf = Object.prototype.toString;
  const numberOf = Number.prototype.valueOf;
  const textOf = String.prototype.valueOf;
  const booleanOf = Boolean.prototype.valueOf;
  const slice = String.prototype.slice;
  const seenHas = WeakSet.prototype.has;
  const seenAdd = WeakSet.prototype.add;
  const seenDelete = WeakSet.prototype.delete;
  const cut = (text: string, length: number): string => (text.length > length ? apply(slice, text, [0, length]) : text);

  return (answer, outputLimit) => {
    const open = new NativeWeakSet<object>();
    let size = 0;
    const sized = (text: string): string => {
      size += text.length;
      if (size > outputLimit) throw new NativeError(`the answer is larger than ${outputLimit} bytes`);
      return text;
    };
    /** @returns undefined for what JSON leaves out. */
    const write = (given: unknown, key: string, path: string, depth: number): string | undefined => {
      let value = given;
      if (typeof value === 'object' && value !== null) {
        const toJson = (value as { toJSON?: unknown }).toJSON;
        if (typeof toJson === 'function') value = apply(toJson as () => unknown, value, [key]);
      }
      const where = (): string =>
        path === '' ? 'the answer' : `the answer's ${path.length > 80 ? `${cut(path, 80)}…` : path}`;
      switch (typeof value) {
        case 'string':
          if (value.length > outputLimit) throw new NativeError(`the answer is larger than ${outputLimit} bytes`);
          return sized(stringify(value));
        case 'number':
          if (!finite(value)) throw new NativeError(`${where()} is ${NativeString(value)}, which is no number of JSON`);
          return sized(stringify(value));
        case 'boolean':
          return sized(value ? 'true' : 'false');
        case 'bigint':
          throw new NativeError(`${where()} is a BigInt: return it as text or number`);
        case 'undefined':
          return undefined;
        case 'function':
        case 'symbol':
          if (path === '') throw new NativeError(`the answer is a ${typeof value}, not data`);
          warn(`${where()} is a ${typeof value} and was left out`);
          return undefined;
      }
      if (value === null) return sized('null');
      const object = value as object;
      const tag: string = apply(tagOf, object, []);
      if (tag === '[object Number]') return write(apply(numberOf, object, []), key, path, depth + 1);
      if (tag === '[object String]') return write(apply(textOf, object, []), key, path, depth + 1);
      if (tag === '[object Boolean]') return write(apply(booleanOf, object, []), key, path, depth + 1);
      if (tag === '[object Map]' || tag === '[object Set]' || tag === '[object Promise]') {
        throw new NativeError(`${where()} is a ${apply(slice, tag, [8, -1])}, not plain data`);
      }
      if (depth > 200) throw new NativeError(`${where()} is nested deeper than 200 levels`);
      if (apply(seenHas, open, [object])) throw new NativeError(`${where()} contains itself`);
      apply(seenAdd, open, [object]);
      let text = '';
      if (isArray(object)) {
        const { length } = object;
        for (let i = 0; i < length; i += 1) {
          text += `${i === 0 ? '' : ','}${write(object[i], NativeString(i), `${path}[${i}]`, depth + 1) ?? sized('null')}`;
        }
        text = `[${text}]`;
      } else {
        const members = ownKeys(object);
        for (let i = 0; i < members.length; i += 1) {
          const member = members[i];
          if (typeof member !== 'string' || !getOwnPropertyDescriptor(object, member)?.enumerable) continue;
          if (member === '__proto__') throw new NativeError(`${where()} has a member named __proto__`);
          const written = write(
            (object as Record<string, unknown>)[member],
            member,
            path === '' ? member : `${path}.${member}`,
            depth + 1,
          );
          if (written !== undefined) text += `${text === '' ? '' : ','}${sized(stringify(member))}:${written}`;
        }
        text = `{${text}}`;
      }
      apply(seenDelete, open, [object]);
      return text;
    };
    return `{"value":${write(answer, '', '', 0) ?? 'null'}}`;
  };
}
