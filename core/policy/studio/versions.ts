import { type Desk, look } from '#core/desk/desk.ts';
import type { ConfigurationRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';

/** A deployment as the history of a product lists it (ST19). */
export interface Version {
  readonly configVersion: number;
  readonly commit: string;
  /** Milliseconds. */
  readonly deployedAt: number;
  readonly author: string;
  /** Absent when it did not come from the studio. */
  readonly message?: string;
  readonly products: readonly string[];
}

/** The versions that have the product, newest first. Throws `not-found` when there are none. */
export function versionsOf(desk: Desk, product: string): readonly Version[] {
  const records = desk.configurations.list().filter(({ products }) => products.some(({ name }) => name === product));
  if (records.length === 0) throw new Problem('not-found', `There is no product "${product}" in use.`);
  return records.map((record) => ({
    configVersion: record.configVersion,
    commit: record.commit,
    deployedAt: record.deployedAt,
    author: authorOf(desk, record),
    ...(record.message === undefined ? {} : { message: record.message }),
    products: record.products.map(({ displayName }) => displayName),
  }));
}

function authorOf(desk: Desk, { locator }: ConfigurationRecord): string {
  const user = desk.store.history('configuration', locator)[0]?.user ?? '';
  return look(desk, 'user', user)?.record.name ?? user;
}

export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
}

/** Which files differ between two versions, by path. Throws `not-found`. */
export async function changesBetween(desk: Desk, from: number, to: number): Promise<readonly FileChange[]> {
  const [before, after] = await Promise.all([desk.configurations.version(from), desk.configurations.version(to)]);
  const [old, now] = [before.configuration.files, after.configuration.files];
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  return paths.flatMap((path): readonly FileChange[] => {
    const [was, is] = [old.get(path), now.get(path)];
    if (!was) return [{ path, kind: 'added' }];
    if (!is) return [{ path, kind: 'removed' }];
    return Buffer.compare(was, is) === 0 ? [] : [{ path, kind: 'changed' }];
  });
}
