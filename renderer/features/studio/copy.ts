import type { Changes } from '#core/api/contracts/studio.ts';

/** A working copy as this browser keeps it, under the commit that it is based on (ST5). */
export interface KeptCopy {
  readonly product: string;
  readonly configVersion: number;
  readonly commit: string;
  readonly changes: Changes;
}

const PREFIX = 'fieldwriter.studio.';

export function readCopy(storage: Storage, commit: string): Changes {
  return copyAt(storage, PREFIX + commit)?.changes ?? {};
}

/** @returns false when the browser has no room for it: the changes then live as long as the page. */
export function keepCopy(storage: Storage, copy: KeptCopy): boolean {
  const key = PREFIX + copy.commit;
  try {
    if (Object.keys(copy.changes).length === 0) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(copy));
    return true;
  } catch {
    return false;
  }
}

/** The newest working copy of other versions of a product. @param commits of those versions */
export function olderCopy(storage: Storage, product: string, commits: readonly string[]): KeptCopy | undefined {
  const copies = commits.flatMap((commit) => copyAt(storage, PREFIX + commit) ?? []);
  return copies
    .filter((copy) => copy.product === product && Object.keys(copy.changes).length > 0)
    .sort((a, b) => b.configVersion - a.configVersion)[0];
}

function copyAt(storage: Storage, key: string): KeptCopy | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? 'null');
    if (typeof value !== 'object' || value === null || !('changes' in value)) return undefined;
    return value as KeptCopy;
  } catch {
    return undefined;
  }
}

/** Changes with one file set; a text that is the saved one again is no change. @param saved absent: there is no such file */
export function withFile(changes: Changes, path: string, text: string | null, saved: string | undefined): Changes {
  const { [path]: _, ...others } = changes;
  if (text === saved || (text === null && saved === undefined)) return others;
  return { ...others, [path]: text };
}
