import type { ObjectKind } from './object.ts';

/** A reference that somebody wants to move. */
export interface RefUpdate {
  readonly name: string;
  /** What the sender saw; null: nothing. */
  readonly before: string | null;
  /** Null: it is to go. */
  readonly after: string | null;
}
/** What is known of it. */
export interface RefFacts {
  /** What it is now. */
  readonly now: string | null;
  /** Kind of what it is to name. */
  readonly kind: ObjectKind | undefined;
  /** Whether `after` goes on from `now`. */
  readonly goesOn: boolean;
}

export const MAIN = 'refs/heads/main';
/** Tags that name what was deployed (`version-12`, `version-12-repair-1`): made by the cloud alone. */
export const VERSION_TAG: RegExp = /^refs\/tags\/version-\d/i;
/** As a workbench names branches and releases (core/desk/version-repository.ts). */
const NAME = /^refs\/(heads|tags)\/[A-Za-z0-9][\w.-]{0,99}$/;

/**
 * Why a reference may not be moved, in a sentence that Git shows; undefined: it may. What was deployed and what was released stays: a
 * version comes from a workbench, checked and, where the environment demands it, approved by a second person (EN4, EN5).
 */
export function refusalOfUpdate(
  { name, before, after }: RefUpdate,
  { now, kind, goesOn }: RefFacts,
): string | undefined {
  if (!NAME.test(name) || name.includes('..') || /\.(lock)?$/i.test(name) || name === 'refs/heads/HEAD')
    return 'branches and tags are named with letters, digits, ".", "_" and "-", beginning with a letter or digit';
  const isBranch = name.startsWith('refs/heads/');
  if (name === MAIN && after === null) return 'main holds what was deployed: it stays';
  if (name === MAIN)
    return now !== null && !goesOn
      ? 'main holds what was deployed and is never rewritten: this push is no fast-forward'
      : 'main holds what was deployed: push a branch, and deploy it in a workbench';
  if (VERSION_TAG.test(name)) return 'this tag names a deployed version: only the cloud makes it';
  if (before !== now) return 'it was moved meanwhile: fetch first';
  if (after === null) {
    if (now === null) return 'there is no such reference';
    return isBranch ? undefined : 'a release stays: its tag can not be deleted';
  }
  if (!isBranch) {
    if (now !== null) return 'a release stays: its tag can not be moved';
    return kind === 'commit' || kind === 'tag' ? undefined : 'a release names a commit';
  }
  if (kind !== 'commit') return 'a branch names a commit';
  return now === null || goesOn
    ? undefined
    : 'this push is no fast-forward, and nothing is rewritten here: fetch and merge, or push under another name';
}
