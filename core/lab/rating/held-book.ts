import type { Desk } from '#core/desk/desk.ts';
import type { BookLines, BookSource, RatingControl } from './contract.ts';
import type { Share } from './share-run.ts';

/** The book in its workers' shares. */
export interface HeldBook {
  readonly desk: Desk;
  readonly source: BookSource;
  readonly shares: readonly Share[];
  readonly keys: readonly string[];
}

/** Goes through a book risk by risk, batch after batch. */
export async function slowly<T>(
  source: BookSource,
  work: (lines: BookLines, signal?: AbortSignal) => Promise<readonly T[]>,
  signal: AbortSignal | undefined,
  said: (index: number, one: T) => void,
  progress: (more: number) => void,
): Promise<void> {
  let index = 0;
  for await (const batch of source()) {
    signal?.throwIfAborted();
    const all = await work(batch, signal);
    for (const one of all) {
      said(index, one);
      index += 1;
    }
    progress(all.length);
  }
}

export function counted(total: number, onProgress: RatingControl['onProgress']): (more: number) => void {
  let done = 0;
  return (more) => {
    done += more;
    onProgress?.({ done, total });
  };
}
