import type { Caller } from '#core/desk/desk.ts';
import { blame as blameOf } from '#core/lab/versions/blame.ts';
import { versionDifference } from '#core/lab/versions/difference.ts';
import { historyOf } from '#core/lab/versions/history.ts';
import { revertVersion, tagRelease } from '#core/lab/versions/work.ts';
import { diffLines, withContext } from '#core/model/line-diff.ts';
import type { OpenDesk } from '#core/policy/open-desk.ts';
import { localUser } from '#core/policy/users.ts';
import { printJson } from './output.ts';
import { withDesk } from './with-desk.ts';

interface Options {
  readonly data?: string;
  readonly json?: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** `fieldwriter version list <product>`. @returns the exit code, as all of these */
export function list(product: string, options: Options): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const history = await historyOf(desk, product);
    if (options.json) printJson(history);
    else
      for (const { commit, configVersion, message, author, at, branches, tags } of history.commits) {
        const named = [...branches, ...tags.map((tag) => `tag ${tag}`)];
        const version = configVersion === undefined ? '  -' : String(configVersion).padStart(3);
        say(
          `${version}  ${commit.slice(0, 8)}  ${day(at)}  ${author}: ${message}${named.length > 0 ? `  (${named.join(', ')})` : ''}`,
        );
      }
    return 0;
  });
}

/** `fieldwriter version diff <product> <from> <to>`: tables in words, texts by line. */
export function diff(product: string, from: string, to: string, options: Options): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const difference = await versionDifference(desk, product, from, to);
    if (options.json) printJson(difference);
    else
      for (const { path, kind, before, after, table } of difference.files) {
        say(`${kind} ${path}`);
        if (table) for (const words of table.words) say(`  ${words}`);
        else if (kind === 'changed')
          for (const line of withContext(diffLines(before ?? '', after ?? '')))
            say(
              line === null
                ? '  …'
                : `  ${line.kind === 'added' ? '+' : line.kind === 'removed' ? '-' : ' '} ${line.text}`,
            );
      }
    return 0;
  });
}

/** `fieldwriter version blame <product> <path>`: which commit last set each line, or each cell of a table. */
export function blame(product: string, path: string, options: Options & { readonly ref?: string }): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const all = { words: '', from: 0, count: Number.MAX_SAFE_INTEGER };
    const found = await blameOf(desk, { product, path, ref: options.ref ?? 'main' }, all);
    if (options.json) printJson(found);
    else if (found.kind === 'lines')
      for (const { text, commit } of found.lines)
        say(`${commit.slice(0, 8)} ${found.commits[commit]?.author ?? ''}  ${text}`);
    else
      for (const { key, cells } of found.rows)
        say(
          `${key}  ${cells.map(({ text, commit }, index) => `${found.columns[index]}=${text} (${commit.slice(0, 8)})`).join('  ')}`,
        );
    return 0;
  });
}

/** `fieldwriter version tag <product> <name>`: names a version as a release. */
export function tag(
  product: string,
  name: string,
  options: Options & { readonly ref?: string; readonly message: string },
): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const commit = await tagRelease(desk, callerOf(desk), product, {
      name,
      ref: options.ref ?? 'main',
      message: options.message,
    });
    say(`${name} is ${commit.slice(0, 8)}.`);
    return 0;
  });
}

/** `fieldwriter version revert <product> <ref>`: a new version without what that one changed. */
export function revert(product: string, ref: string, options: Options): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const record = await revertVersion(desk, callerOf(desk), product, ref);
    say(`Version ${record.configVersion}: ${record.message ?? ''}`);
    return 0;
  });
}

function callerOf(desk: OpenDesk): Caller {
  return { actor: localUser(desk) ?? { user: 'command-line', name: 'Command line' } };
}
