import { useCallback, useLayoutEffect, useRef } from 'react';

/**
 * The same function at every drawing, which does what the newest one given does: what is memoised and calls it back is not drawn
 * again for nothing, and never works on what stood there an earlier drawing ago.
 */
export function useSteady<Given extends readonly unknown[], Answer>(
  work: (...given: Given) => Answer,
): (...given: Given) => Answer {
  const newest = useRef(work);
  useLayoutEffect(() => {
    newest.current = work;
  });
  return useCallback((...given) => newest.current(...given), []);
}
