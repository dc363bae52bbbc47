import { createHash } from 'node:crypto';
import { Problem } from '#core/model/problem.ts';

export type ObjectKind = 'commit' | 'tree' | 'blob' | 'tag';
/** Another object that one names, and what it takes it for. */
export interface Link {
  readonly oid: string;
  readonly kind: ObjectKind;
}
/** An object of Git whose content was checked. */
export interface GitObject {
  readonly oid: string;
  readonly kind: ObjectKind;
  readonly content: Uint8Array;
  readonly links: readonly Link[];
}

export const OID: RegExp = /^[0-9a-f]{40}$/;
/** Of a commit, a tag: what they say in words. */
const MOST_TEXT = 1024 * 1024;
const MOST_NAME = 255;
const KINDS: ReadonlySet<string> = new Set<ObjectKind>(['commit', 'tree', 'blob', 'tag']);

/** Names and checks an object: what `git fsck --strict` would complain of, and what no configuration has, is refused. */
export function checkedObject(kind: ObjectKind, content: Uint8Array): GitObject {
  const oid = createHash('sha1').update(`${kind} ${content.length}\0`).update(content).digest('hex');
  const checked = { commit: commitLinks, tag: tagLinks, tree: treeLinks, blob: () => [] };
  return { oid, kind, content, links: checked[kind](content, oid) };
}

function refused(oid: string, what: string): Problem {
  return new Problem('malformed-request', `The object ${oid} ${what}.`, { details: { reason: 'object' } });
}

const PERSON = /^[^<>\n\0]*<[^<>\n\0]*> \d{1,12} [+-]\d{4}$/;

/** The header lines of a commit or a tag; the message stands behind an empty line. */
function headersOf(content: Uint8Array, oid: string): string[] {
  if (content.length > MOST_TEXT) throw refused(oid, 'says more than a megabyte');
  if (content.includes(0)) throw refused(oid, 'has a NUL');
  const text = Buffer.from(content).toString();
  const end = text.indexOf('\n\n');
  return (end < 0 ? text.replace(/\n$/, '') : text.slice(0, end)).split('\n');
}

function commitLinks(content: Uint8Array, oid: string): Link[] {
  const lines = headersOf(content, oid);
  const links: Link[] = [];
  const take = (name: string, kind: ObjectKind): boolean => {
    const [, named] = new RegExp(`^${name} ([0-9a-f]{40})$`).exec(lines[0] ?? '') ?? [];
    if (named === undefined) return false;
    links.push({ oid: named, kind });
    lines.shift();
    return true;
  };
  if (!take('tree', 'tree')) throw refused(oid, 'is a commit without a tree');
  while (take('parent', 'commit'));
  for (const name of ['author', 'committer']) {
    const line = lines.shift() ?? '';
    if (!line.startsWith(`${name} `) || !PERSON.test(line.slice(name.length + 1)))
      throw refused(oid, `is a commit without ${name}`);
  }
  return links;
}

function tagLinks(content: Uint8Array, oid: string): Link[] {
  const [object = '', type = '', name = ''] = headersOf(content, oid);
  const [named, kind] = [object.replace(/^object /, ''), type.replace(/^type /, '')];
  if (!OID.test(named) || !KINDS.has(kind) || !name.startsWith('tag ')) throw refused(oid, 'is no tag');
  return [{ oid: named, kind: kind as ObjectKind }];
}

const FILE_MODES: ReadonlySet<string> = new Set(['100644', '100755']);
const FOLDER_MODE = '40000';

function treeLinks(content: Uint8Array, oid: string): Link[] {
  const bytes = Buffer.from(content);
  const links: Link[] = [];
  const names = new Set<string>();
  let before = '';
  for (let at = 0; at < bytes.length; ) {
    const [space, end] = [bytes.indexOf(0x20, at), bytes.indexOf(0, at)];
    if (space < 0 || end < space || end + 21 > bytes.length) throw refused(oid, 'is no whole tree');
    const [mode, name] = [bytes.toString('latin1', at, space), bytes.subarray(space + 1, end)];
    const isFolder = mode === FOLDER_MODE;
    if (!isFolder && !FILE_MODES.has(mode))
      throw refused(oid, `holds what is no file and no folder (mode ${mode.slice(0, 7)}): no links, no modules`);
    const why = faultOfName(name);
    if (why !== undefined) throw refused(oid, `names a file ${why}`);
    // Git's order: a folder as if its name ended in a slash.
    const plain = name.toString('latin1');
    const key = `${plain}${isFolder ? '/' : ''}`;
    if (key <= before || names.has(plain)) throw refused(oid, 'is not in order, or names a file twice');
    before = key;
    names.add(plain);
    links.push({ oid: bytes.toString('hex', end + 1, end + 21), kind: isFolder ? 'tree' : 'blob' });
    at = end + 21;
  }
  return links;
}

/** Characters that some file systems pass over: with them inside, a name is taken for another. */
const IGNORED = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/;

function faultOfName(bytes: Uint8Array): string | undefined {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return 'that is no text';
  }
  if (bytes.length === 0 || bytes.length > MOST_NAME) return 'without a name, or with too long a one';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f/\\]/.test(name) || IGNORED.test(name)) return 'with a slash or a control character';
  if (name === '.' || name === '..') return 'that leads elsewhere';
  // What Windows and macOS take for `.git` too (CVE-2014-9390, CVE-2019-1352).
  if (/^(\.git|git~\d+)([ .]*|:.*)$/i.test(name)) return 'like the folder of Git itself';
  return undefined;
}
