import { createHash } from 'node:crypto';
import type { Deployed } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { TableSource } from '#core/model/table.ts';
import { checkConfiguration } from '#core/product/check.ts';
import { assertUsable, loadConfiguration } from '#core/product/load.ts';
import { readAlready } from '#core/product/tables.ts';
import { parsePath, refuseFileAsFolder } from './paths.ts';

/** What somebody changed and did not save: the new text of files, null for one that is removed. */
export type Changes = Readonly<Record<string, string | null>>;

/** A version as it would be with changes (ST5). */
export interface WorkingCopy {
  readonly base: Deployed;
  readonly configuration: Configuration;
  /** What `check` says of it; worked out once. */
  diagnostics(): readonly Diagnostic[];
}

/** Makes working copies; the last few are kept, because check, form, documents and dry run ask for the same one. */
export interface WorkingCopies {
  /** Throws `not-found` for a version that is not there, `malformed-request` for paths that are none. */
  of(base: number, changes: Changes): Promise<WorkingCopy>;
}

const MOST_KEPT = 4;

export function workingCopies(desk: Desk): WorkingCopies {
  const kept = new Map<string, Promise<WorkingCopy>>();
  return {
    of(base, changes) {
      // By its commit: a version may be repaired in place.
      const commit = desk.configurations.list().find(({ configVersion }) => configVersion === base)?.commit ?? '';
      const key = keyOf(`${base} ${commit}`, changes);
      const copy = kept.get(key) ?? workingCopy(desk, base, changes);
      copy.catch(() => kept.delete(key));
      // The one used last stands last: the first is the one to forget.
      kept.delete(key);
      kept.set(key, copy);
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return copy;
    },
  };
}

function keyOf(base: string, changes: Changes): string {
  const hash = createHash('sha256').update(`${base}\n`);
  for (const path of Object.keys(changes).sort()) {
    const text = changes[path];
    // The text by itself: to write a long one as JSON takes longer than to hash it.
    hash
      .update(`${JSON.stringify(path)}${text === null || text === undefined ? 'gone' : text.length}\n`)
      .update(text ?? '');
  }
  return hash.digest('hex');
}

/**
 * One copy that is not kept. Throws as `WorkingCopies.of`.
 * @param read what changed tables hold, by path, where that is known without reading their texts
 */
export async function workingCopy(
  desk: Desk,
  base: number,
  changes: Changes,
  read: Readonly<Record<string, TableSource>> = {},
): Promise<WorkingCopy> {
  const deployed = await desk.configurations.version(base);
  const configuration = await changed(deployed, changes, read);
  let found: readonly Diagnostic[] | undefined;
  return {
    base: deployed,
    configuration,
    diagnostics() {
      found ??= checkConfiguration(configuration, deployed.configuration);
      return found;
    },
  };
}

async function changed(
  { record, configuration }: Deployed,
  changes: Changes,
  known: Readonly<Record<string, TableSource>>,
): Promise<Configuration> {
  const paths = Object.keys(changes).map(parsePath);
  if (paths.length === 0) return configuration;
  const files = new Map(configuration.files);
  const read = readAlready(configuration);
  const encoder = new TextEncoder();
  for (const path of paths) {
    const text = changes[path];
    if (text === null || text === undefined) files.delete(path);
    else {
      const bytes = encoder.encode(text);
      files.set(path, bytes);
      const table = known[path];
      if (table) read.set(bytes, table);
    }
  }
  refuseFileAsFolder(files);
  // A bare product folder has its product's name from outside.
  const name = record.products[0]?.name;
  return loadConfiguration({ files, read, ...(name === undefined ? {} : { name }) });
}

/** A product of the base, or of the copy, with what it is deployed as. */
export interface Side {
  readonly deployed: Deployed;
  readonly product: Product;
}

/** The product as it is. Throws `not-found`; `invalid-configuration` with the findings while it has errors. */
export function baseSide({ base }: WorkingCopy, name: string): Side {
  return sideOf(base, name, base.configuration.diagnostics);
}

/** The product as it would be; priced amounts of it name no commit that was ever kept. */
export function changedSide(copy: WorkingCopy, name: string): Side {
  const { base, configuration } = copy;
  const record = { ...base.record, hash: configuration.hash, commit: `working copy of ${base.record.commit}` };
  return sideOf({ record, configuration }, name, copy.diagnostics());
}

function sideOf(deployed: Deployed, name: string, diagnostics: readonly Diagnostic[]): Side {
  const product = deployed.configuration.products.find((candidate) => candidate.name === name);
  if (!product) {
    const known = deployed.configuration.products.map((one) => one.name).join(', ') || 'none';
    throw new Problem('not-found', `There is no product "${name}" in it. There are: ${known}.`);
  }
  try {
    assertUsable({ ...deployed.configuration, diagnostics }, name);
  } catch (cause) {
    throw cause instanceof Problem ? withDiagnostics(cause, diagnostics) : cause;
  }
  return { deployed, product };
}

/** The same problem with all findings beside it, as screens show them. */
export function withDiagnostics(problem: Problem, diagnostics: readonly Diagnostic[]): Problem {
  return new Problem(problem.code, problem.message, {
    ...(problem.place ? { place: problem.place } : {}),
    details: { diagnostics: diagnostics.map((found) => ({ ...found })) },
    cause: problem,
  });
}
