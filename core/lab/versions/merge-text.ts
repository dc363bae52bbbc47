import { diffLines } from '#core/model/line-diff.ts';

export interface MergedText {
  readonly text: string;
  /** Lines of the base (1-based) that both sides changed otherwise; empty when the texts merge. */
  readonly conflicts: readonly { readonly from: number; readonly to: number }[];
}

/** Instead of the lines `from` (inclusive) to `to` (exclusive) of the base stand these. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/**
 * Three-way merge of texts by lines (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007): what one side changed is taken,
 * what both changed in the same way too; anything else is a conflict, and nothing is guessed. Ends of lines are those of `ours`.
 */
export function mergeText(base: string, ours: string, theirs: string): MergedText {
  if (ours === theirs || theirs === base) return { text: ours, conflicts: [] };
  if (ours === base) return { text: theirs, conflicts: [] };
  const [a, b] = [hunks(base, ours), hunks(base, theirs)];
  const taken: Hunk[] = [];
  const conflicts: { from: number; to: number }[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [mine, other] = [a[i], b[j]];
    if (mine && other && touch(mine, other)) {
      if (JSON.stringify(mine) === JSON.stringify(other)) taken.push(mine);
      else conflicts.push({ from: Math.min(mine.from, other.from) + 1, to: Math.max(mine.to, other.to) });
      i += 1;
      j += 1;
    } else if (mine && (!other || mine.from < other.from || (mine.from === other.from && mine.to < other.to))) {
      taken.push(mine);
      i += 1;
    } else if (other) {
      taken.push(other);
      j += 1;
    }
  }
  if (conflicts.length > 0) return { text: ours, conflicts };
  return { text: applied(base, ours, taken), conflicts };
}

/** Two changes of the same lines, or of neighbouring ones: which comes first would be a guess. */
function touch(a: Hunk, b: Hunk): boolean {
  return a.from <= b.to && b.from <= a.to;
}

function hunks(base: string, changed: string): readonly Hunk[] {
  const found: { from: number; to: number; lines: string[] }[] = [];
  let [at, open] = [0, false];
  for (const line of diffLines(base, changed)) {
    if (line.kind === 'same') {
      at += 1;
      open = false;
      continue;
    }
    if (!open) found.push({ from: at, to: at, lines: [] });
    open = true;
    const hunk = found[found.length - 1];
    if (!hunk) continue;
    if (line.kind === 'added') hunk.lines.push(line.text);
    else {
      at += 1;
      hunk.to = at;
    }
  }
  return found;
}

function applied(base: string, ours: string, taken: readonly Hunk[]): string {
  const end = ours.includes('\r\n') ? '\r\n' : '\n';
  const lines = linesOf(base);
  const merged: string[] = [];
  let at = 0;
  for (const { from, to, lines: instead } of taken) {
    merged.push(...lines.slice(at, from), ...instead);
    at = to;
  }
  merged.push(...lines.slice(at));
  return merged.length === 0 ? '' : merged.join(end) + (/\n$/.test(ours) ? end : '');
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
