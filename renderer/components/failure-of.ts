interface Asked {
  readonly data: unknown;
  readonly error: Error | null;
}

/**
 * What keeps a screen from being shown: the failure of a query that has nothing to show. One that fails while it is asked again in
 * the background leaves the screen alone, and with it what is typed there.
 */
export function failureOf(...queries: readonly Asked[]): Error | null {
  return queries.find(({ data, error }) => error !== null && data === undefined)?.error ?? null;
}
