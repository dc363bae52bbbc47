import fc from 'fast-check';

/** A request with something in it changed that the checks or the rating may trip over. */
export function spoiler(requests: readonly object[]): fc.Arbitrary<unknown> {
  const value = fc.constantFrom<unknown>(
    null,
    '',
    'x',
    -1,
    1e21,
    '12.5',
    ' 7 ',
    [],
    ['a', 'b'],
    {},
    '2026-13-40',
    true,
  );
  return fc.record({ request: fc.constantFrom(...requests), at: fc.nat(), value }).map(({ request, at, value }) => {
    const copy = structuredClone(request);
    const places: [Record<string, unknown>, string][] = [];
    const collect = (of: unknown): void => {
      if (typeof of !== 'object' || of === null) return;
      for (const [name, inner] of Object.entries(of)) {
        places.push([of as Record<string, unknown>, name]);
        collect(inner);
      }
    };
    collect(copy);
    const [holder, name] = places[at % places.length] as [Record<string, unknown>, string];
    holder[name] = value;
    return copy;
  });
}
