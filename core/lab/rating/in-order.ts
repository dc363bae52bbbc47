/**
 * Works on what a source brings with several in flight and answers in the order of the source. Nothing is read ahead of what is in
 * flight: a slow reader of the answers holds the source back (BR7).
 * @param width how many are worked on at once
 */
export async function* inOrder<T, R>(
  source: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  const first = async (): Promise<R> => pending.shift() as Promise<R>;
  try {
    for await (const item of source) {
      const started = work(item);
      // Awaited in its turn; until then a failure must not count as nobody's.
      started.catch(() => undefined);
      pending.push(started);
      if (pending.length >= width) yield await first();
    }
    while (pending.length > 0) yield await first();
  } finally {
    await Promise.allSettled(pending);
  }
}
