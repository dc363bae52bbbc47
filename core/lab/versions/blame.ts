import type { Desk } from '#core/desk/desk.ts';
import { diffLines } from '#core/model/line-diff.ts';
import { Problem } from '#core/model/problem.ts';
import { keysOf, keyText } from '#core/model/rate-table/keys.ts';
import type { RateTable } from '#core/model/rate-table/rate-table.ts';
import type { TableSchema } from '#core/model/table.ts';
import { decodeText } from '#core/product/text.ts';
import { openTable } from '../tables/read-table.ts';
import type { Blame, BlamedCommit, HistoryCommit } from './contract.ts';
import { commitOf, productGraph, repositoryOf } from './history.ts';
import { schemaOf, sidecarOf } from './sidecar.ts';

/** Rows of one answer, so that a large table is asked for in slices. */
export interface BlameSlice {
  readonly words: string;
  readonly from: number;
  readonly count: number;
}

/**
 * Which commit last set each line of a file, or each cell of a table by the key of its row (VE4). Through a merge it is the commit
 * of the side that the line comes from. Throws `not-found` for a version or file that is not there.
 */
export async function blame(
  desk: Desk,
  at: { readonly product: string; readonly ref: string; readonly path: string },
  slice: BlameSlice,
): Promise<Blame> {
  const commit = await commitOf(desk, at.product, at.ref);
  const walk = await fileWalk(desk, at.product, at.path, commit);
  const isTable = /(^|\/)tables\/[^/]+\.csv$/i.test(at.path);
  return isTable ? blameCells(walk, commit, slice) : blameLines(walk, commit);
}

interface FileWalk {
  readonly path: string;
  readonly commits: ReadonlyMap<string, HistoryCommit>;
  /** Hash of the file in a commit; undefined where it is not there. */
  oid(commit: string): string | undefined;
  /** Parents in which the file is. */
  parents(commit: string): readonly string[];
  text(commit: string): Promise<string>;
  bytes(commit: string): Promise<Uint8Array>;
  schema(commit: string): Promise<TableSchema | undefined>;
}

async function fileWalk(desk: Desk, product: string, path: string, head: string): Promise<FileWalk> {
  const repository = repositoryOf(desk);
  const graph = await productGraph(desk, product);
  const commits = new Map(graph.map((one) => [one.commit, { ...one, branches: [], tags: [] }]));
  const oids = new Map<string, string | undefined>();
  for (const commit of commits.keys()) oids.set(commit, (await repository.files(commit)).get(path));
  if (oids.get(head) === undefined)
    throw new Problem('not-found', `There is no file ${path} in ${head.slice(0, 8)}.`, { place: { file: path } });
  const texts = new Map<string, Promise<string>>();
  return {
    path,
    commits,
    oid: (commit) => oids.get(commit),
    parents: (commit) => (commits.get(commit)?.parents ?? []).filter((parent) => oids.get(parent) !== undefined),
    text(commit) {
      const oid = oids.get(commit) ?? '';
      const known = texts.get(oid) ?? repository.blob(oid).then((bytes) => decodeText(bytes).text);
      texts.set(oid, known);
      return known;
    },
    bytes: (commit) => repository.blob(oids.get(commit) ?? ''),
    async schema(commit) {
      const oid = (await repository.files(commit)).get(sidecarOf(path));
      if (oid === undefined) return undefined;
      return schemaOf(path, await repository.blob(oid), await repository.blob(oids.get(commit) ?? ''));
    },
  };
}

/** Walks from the oldest to the newest, so that long histories need no deep stack. */
function oldestFirst({ commits, parents }: FileWalk, head: string): readonly string[] {
  const reached = new Set<string>();
  const waiting = [head];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...parents(next));
  }
  return [...commits.keys()].filter((commit) => reached.has(commit)).reverse();
}

async function blameLines(walk: FileWalk, head: string): Promise<Blame> {
  const origins = new Map<string, readonly string[]>();
  for (const commit of oldestFirst(walk, head)) {
    const text = await walk.text(commit);
    const own: string[] = diffLines('', text).map(() => commit);
    for (const parent of walk.parents(commit)) {
      const before = origins.get(parent) ?? [];
      for (const line of diffLines(await walk.text(parent), text))
        if (line.kind === 'same' && line.before !== undefined && line.after !== undefined)
          if (own[line.after - 1] === commit) own[line.after - 1] = before[line.before - 1] ?? commit;
    }
    origins.set(commit, own);
  }
  const own = origins.get(head) ?? [];
  const lines = diffLines('', await walk.text(head)).map(({ text }, index) => ({ text, commit: own[index] ?? head }));
  return { kind: 'lines', commits: originsOf(walk, own), lines };
}

async function blameCells(walk: FileWalk, head: string, { words, from, count }: BlameSlice): Promise<Blame> {
  const schema = await walk.schema(head);
  const now = openTable(walk.path, await walk.bytes(head), schema);
  const key = keysOf(now).columns.map((column) => now.columns[column] ?? '');
  const found = rowsWith(now, words);
  const places = key.map((name) => now.columns.indexOf(name));
  const wanted = found
    .slice(from, from + count)
    .map((row) => ({ key: keyText(now, row, places), cells: now.cells(row) }));
  const keys = new Set(wanted.map((row) => row.key));
  const tables = new Map<string, Looked>();
  const lookedUp = async (commit: string): Promise<Looked> => {
    const oid = walk.oid(commit) ?? '';
    const known = tables.get(oid) ?? lookUp(openTable(walk.path, await walk.bytes(commit), schema), key, keys);
    tables.set(oid, known);
    return known;
  };
  const origins = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const commit of oldestFirst(walk, head)) {
    const table = await lookedUp(commit);
    const before = await Promise.all(
      walk.parents(commit).map(async (parent) => ({ table: await lookedUp(parent), origins: origins.get(parent) })),
    );
    const own = wanted.map((row): [string, readonly string[]] => {
      const cells = now.columns.map((column, index) => {
        const text = table.rows.get(row.key)?.[table.columns.indexOf(column)];
        for (const parent of before) {
          const place = parent.table.columns.indexOf(column);
          if (text !== undefined && place >= 0 && parent.table.rows.get(row.key)?.[place] === text)
            return parent.origins?.get(row.key)?.[index] ?? commit;
        }
        return commit;
      });
      return [row.key, cells];
    });
    origins.set(commit, new Map(own));
  }
  const own = origins.get(head);
  const rows = wanted.map((row) => ({
    key: row.key,
    cells: now.columns.map((_, index) => ({
      text: row.cells[index] ?? '',
      commit: own?.get(row.key)?.[index] ?? head,
    })),
  }));
  const named = rows.flatMap(({ cells }) => cells.map(({ commit }) => commit));
  return { kind: 'cells', commits: originsOf(walk, named), columns: now.columns, total: found.length, rows };
}

/** The rows of a version that somebody asked for, by their keys. */
interface Looked {
  readonly columns: readonly string[];
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** One pass over the rows: of a million only those that are wanted are taken apart. */
function lookUp(table: RateTable, key: readonly string[], wanted: ReadonlySet<string>): Looked {
  const places = key.map((name) => table.columns.indexOf(name));
  const rows = new Map<string, readonly string[]>();
  if (places.every((place) => place >= 0))
    for (let at = 0; at < table.rowCount && rows.size < wanted.size; at += 1) {
      const name = keyText(table, table.idAt(at), places);
      if (wanted.has(name) && !rows.has(name)) rows.set(name, table.cells(table.idAt(at)));
    }
  return { columns: table.columns, rows };
}

function rowsWith(table: RateTable, words: string): readonly number[] {
  const wanted = words.trim().toLowerCase();
  const rows = Array.from({ length: table.rowCount }, (_, at) => table.idAt(at));
  return wanted === '' ? rows : rows.filter((row) => (table.record(row) ?? '').toLowerCase().includes(wanted));
}

function originsOf({ commits }: FileWalk, named: readonly string[]): Readonly<Record<string, BlamedCommit>> {
  return Object.fromEntries(
    [...new Set(named)].flatMap((commit) => {
      const found = commits.get(commit);
      if (!found) return [];
      const { message, author, at, configVersion } = found;
      return [[commit, { commit, message, author, at, ...(configVersion === undefined ? {} : { configVersion }) }]];
    }),
  );
}
