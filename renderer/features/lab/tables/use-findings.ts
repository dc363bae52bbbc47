import { useEffect } from 'react';
import { checkTable } from '#core/model/rate-table/check.ts';
import type { TableSession } from './session.ts';

/** So long after the last edit a check begins. */
const PAUSE = 200;
/** So much of a frame a check may take: the rest is for typing and scrolling. */
const SLICE = 5;

/**
 * Checks the table while somebody edits it, in slices between frames: a million rows take a while, and nobody waits for them. What was
 * found before stands until the new findings are complete.
 */
export function useFindings(session: TableSession): void {
  const { revision } = session.table;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision is another table to check
  useEffect(() => {
    let timer = setTimeout(() => {
      const steps = checkTable(session.table, session.info.domains);
      const go = (): void => {
        const end = performance.now() + SLICE;
        while (performance.now() < end) {
          const { done, value } = steps.next();
          if (!done) continue;
          session.findings = value;
          session.compareAgain();
          session.changed();
          return;
        }
        timer = setTimeout(go, 4);
      };
      go();
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [session, revision]);
}
