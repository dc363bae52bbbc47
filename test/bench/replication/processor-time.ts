import { readdirSync, readFileSync } from 'node:fs';

/** Processor time of a process in milliseconds, with that of the children that it has waited for; NaN where the system does not tell. */
function ofProcess(pid: number): { readonly parent: number; readonly milliseconds: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold anything.
    const members = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0] = members.slice(1, 2);
    const ticks = members.slice(11, 15).reduce((sum, one) => sum + one, 0);
    return { parent, milliseconds: ticks * 10 };
  } catch {
    return { parent: 0, milliseconds: Number.NaN };
  }
}

/** Of a process and its children. */
function ofTree(pid: number): number {
  const own = ofProcess(pid).milliseconds;
  if (Number.isNaN(own)) return own;
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && ofProcess(Number(name)).parent === pid);
  // One that ended meanwhile is counted with its parent.
  return children.reduce((sum, child) => sum + (ofProcess(Number(child)).milliseconds || 0), own);
}

/** Processor time of this process and of others beside it, by name, while something is done: milliseconds. */
export async function processorTime<T>(
  others: Readonly<Record<string, number>>,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly took: number; readonly time: Readonly<Record<string, number>> }> {
  const before = new Map(Object.entries(others).map(([name, pid]) => [name, ofTree(pid)]));
  const own = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const took = performance.now() - started;
  const { user, system } = process.cpuUsage(own);
  const spent = Object.entries(others).map(([name, pid]) => [name, ofTree(pid) - (before.get(name) ?? 0)]);
  return { result, took, time: { laptop: (user + system) / 1_000, ...Object.fromEntries(spent) } };
}
