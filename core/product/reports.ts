import type { Diagnostic } from '#core/model/diagnostic.ts';

/** Where a diagnostic points; line and column default to 1, the whole file. */
export interface ReportPlace {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** Collects what loading and checking find. */
export class Reports {
  readonly #list: Diagnostic[] = [];

  get list(): readonly Diagnostic[] {
    return this.#list;
  }

  add(
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    place: ReportPlace,
    product: string | null = null,
  ): void {
    this.#list.push({
      severity,
      code,
      message,
      product,
      file: place.file,
      line: place.line ?? 1,
      column: place.column ?? 1,
    });
  }
}

/** The candidate that an author most likely meant, when one is near enough to be worth naming. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 4)) + 1;
  for (const candidate of candidates) {
    const related = candidate.toLowerCase().startsWith(word.toLowerCase()) && word.length >= 4;
    const distance = related ? 1 : editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const near = nearest(word, candidates);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
