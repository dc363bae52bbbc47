import type { ConfigurationRepository } from '#core/desk/configuration-repository.ts';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { decodeText } from '#core/product/text.ts';
import { repositoryOf } from './history.ts';
import { mergeTable } from './merge-table.ts';
import { mergeText } from './merge-text.ts';

export type Content = Awaited<ReturnType<ConfigurationRepository['read']>>;

export interface FileConflict {
  readonly path: string;
  /** In words: what each side did. */
  readonly what: string;
}

/**
 * Three-way merge of whole configurations, file by file (VE6): what one side changed is taken, texts that both changed are merged by
 * lines. Nothing is guessed: with a conflict there is no content.
 */
export function mergeContents(
  base: Content,
  ours: Content,
  theirs: Content,
): { readonly content: Content; readonly conflicts: readonly FileConflict[] } {
  const content = new Map<string, Uint8Array>();
  const conflicts: FileConflict[] = [];
  for (const path of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
    const [was, mine, other] = [base.get(path), ours.get(path), theirs.get(path)];
    const taken =
      same(mine, other) || same(other, was) ? mine : same(mine, was) ? other : mergeFile(path, was, mine, other);
    if (typeof taken === 'string') conflicts.push({ path, what: taken });
    else if (taken) content.set(path, taken);
  }
  return { content, conflicts };
}

/** The merged file, or what is in its way. */
function mergeFile(
  path: string,
  was: Uint8Array | undefined,
  mine: Uint8Array | undefined,
  other: Uint8Array | undefined,
): Uint8Array | string {
  if (!mine || !other) return `changed on one side and removed on the other`;
  const texts = [was ?? new Uint8Array(), mine, other].map((bytes) => decodeText(bytes));
  if (texts.some(({ encoding }) => encoding === 'binary')) return 'changed on both sides, and it is no text';
  const [a = '', b = '', c = ''] = texts.map(({ text }) => text);
  const merged = mergeText(a, b, c);
  if (merged.conflicts.length === 0) return new TextEncoder().encode(merged.text);
  const table = /\.csv$/i.test(path)
    ? mergeTable(path, { base: was ?? new Uint8Array(), ours: mine, theirs: other })
    : undefined;
  if (table) return 'text' in table ? new TextEncoder().encode(table.text) : table.conflict;
  const lines = merged.conflicts.map(({ from, to }) => (to > from ? `${from} to ${to}` : `${from}`)).join(', ');
  return `both sides changed line ${lines}`;
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}

/** Merges two commits by their common base. Throws `version-conflict` that names every file in conflict. */
export async function mergedContent(desk: Desk, base: string, ours: string, theirs: string): Promise<Content> {
  const [was, mine, other] = await Promise.all([base, ours, theirs].map((commit) => contentOf(desk, commit)));
  const { content, conflicts } = mergeContents(was ?? new Map(), mine ?? new Map(), other ?? new Map());
  if (conflicts.length === 0) return content;
  const first = conflicts.map(({ path, what }) => `${path}: ${what}`).join('; ');
  throw new Problem('version-conflict', `It can not be merged by itself, and nothing was changed. ${first}.`, {
    ...(conflicts[0] ? { place: { file: conflicts[0].path } } : {}),
    details: { conflicts: conflicts.map((one) => ({ ...one })) },
  });
}

/** Every file of a commit. */
export async function contentOf(desk: Desk, commit: string): Promise<Content> {
  const repository = repositoryOf(desk);
  const files = await repository.files(commit);
  const content = new Map<string, Uint8Array>();
  for (const [path, oid] of files) content.set(path, await repository.blob(oid));
  return content;
}
