/**
 * Freezes everything of a realm that code in it can reach without being given it: the global object, the intrinsics and their
 * prototypes. After that no script can leave anything behind for the next risk but through objects that it is handed (BR3).
 * @param keep names of globals that are taken away altogether
 */
export function freezeRealm(remove: readonly string[]): void {
  for (const name of remove) Reflect.deleteProperty(globalThis, name);
  const hidden: unknown[] = [
    // What only syntax reaches.
    Object.getPrototypeOf(function* () {}),
    Object.getPrototypeOf(async () => {}),
    Object.getPrototypeOf(async function* () {}),
    Object.getPrototypeOf([][Symbol.iterator]()),
    Object.getPrototypeOf(new Map().entries()),
    Object.getPrototypeOf(new Set().values()),
    Object.getPrototypeOf(''[Symbol.iterator]()),
    Object.getPrototypeOf(''.matchAll(/x/g)),
    Object.getPrototypeOf(Uint8Array),
    Object.getPrototypeOf(new Intl.Segmenter().segment('')),
    Object.getPrototypeOf(new Intl.Segmenter().segment('')[Symbol.iterator]()),
  ];
  const seen = new Set<object>();
  const pending: unknown[] = [globalThis, ...hidden];
  while (pending.length > 0) {
    const next = pending.pop();
    if ((typeof next !== 'object' && typeof next !== 'function') || next === null || seen.has(next)) continue;
    seen.add(next);
    pending.push(Object.getPrototypeOf(next));
    for (const key of Reflect.ownKeys(next)) {
      const descriptor = Object.getOwnPropertyDescriptor(next, key);
      if (descriptor) pending.push(descriptor.value, descriptor.get, descriptor.set);
    }
  }
  for (const one of seen) Object.freeze(one);
}
