/** How long requests took, by endpoint; no address, no answer. */
export class Timings {
  readonly #by = new Map<string, { count: number; total: number; most: number }>();

  /** @param milliseconds from the request to its answer */
  add(endpoint: string, milliseconds: number): void {
    const known = this.#by.get(endpoint) ?? { count: 0, total: 0, most: 0 };
    this.#by.set(endpoint, {
      count: known.count + 1,
      total: known.total + milliseconds,
      most: Math.max(known.most, milliseconds),
    });
  }

  /** Milliseconds with one decimal, by endpoint. */
  summary(): Readonly<Record<string, { readonly count: number; readonly mean: number; readonly most: number }>> {
    const rounded = (value: number): number => Math.round(value * 10) / 10;
    return Object.fromEntries(
      [...this.#by].map(([endpoint, { count, total, most }]) => [
        endpoint,
        { count, mean: rounded(total / count), most: rounded(most) },
      ]),
    );
  }
}
