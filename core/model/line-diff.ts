/** A line of a comparison: in both texts, only in the first, or only in the second. Line numbers are 1-based. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  readonly before?: number;
  readonly after?: number;
}

/** More work than this, and the middle is shown as removed and added whole: a comparison must not hold up the screen. */
const MOST_STEPS = 2_000;

/** The lines of two texts side by side, with the fewest changes (Myers 1986); ends of lines do not count. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  const same = (): void => {
    lines.push({ kind: 'same', text: a[i] ?? '', before: i + 1, after: j + 1 });
    i += 1;
    j += 1;
  };
  const removed = (): void => {
    lines.push({ kind: 'removed', text: a[i] ?? '', before: i + 1 });
    i += 1;
  };
  const added = (): void => {
    lines.push({ kind: 'added', text: b[j] ?? '', after: j + 1 });
    j += 1;
  };
  while (i < head) same();
  for (const step of script(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) {
    if (step === 'same') same();
    else if (step === 'removed') removed();
    else added();
  }
  while (i < a.length) same();
  return lines;
}

/** Only the changed lines with some around them; `null` stands where lines were left out. */
export function withContext(lines: readonly DiffLine[], around = 3): readonly (DiffLine | null)[] {
  const near = new Set<number>();
  for (const [index, { kind }] of lines.entries())
    if (kind !== 'same') for (let at = index - around; at <= index + around; at += 1) near.add(at);
  return lines.flatMap((line, index) => (near.has(index) ? [line] : near.has(index - 1) || index === 0 ? [null] : []));
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|[\n\r]/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function script(a: readonly string[], b: readonly string[]): readonly DiffLine['kind'][] {
  const most = a.length + b.length;
  const furthest = new Map<number, number>([[1, 0]]);
  const trail: ReadonlyMap<number, number>[] = [];
  const isDown = (k: number, d: number): boolean =>
    k === -d || (k !== d && (furthest.get(k - 1) ?? 0) < (furthest.get(k + 1) ?? 0));
  for (let d = 0; d <= Math.min(most, MOST_STEPS); d += 1) {
    trail.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      let x = isDown(k, d) ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return backwards(trail, a.length, b.length);
    }
  }
  return [...a.map(() => 'removed' as const), ...b.map(() => 'added' as const)];
}

function backwards(trail: readonly ReadonlyMap<number, number>[], m: number, n: number): readonly DiffLine['kind'][] {
  const steps: DiffLine['kind'][] = [];
  let [x, y] = [m, n];
  for (let d = trail.length - 1; d >= 0; d -= 1) {
    const reached = trail[d] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -d || (k !== d && (reached.get(k - 1) ?? 0) < (reached.get(k + 1) ?? 0));
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (reached.get(fromK) ?? 0);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      steps.push('same');
      x -= 1;
      y -= 1;
    }
    if (d > 0) steps.push(down ? 'added' : 'removed');
    [x, y] = [fromX, fromY];
  }
  return steps.reverse();
}
