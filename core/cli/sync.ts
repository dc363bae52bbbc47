import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import type { Caller } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { OpenDesk } from '#core/policy/open-desk.ts';
import { localUser } from '#core/policy/users.ts';
import { openSyncClient, type SyncClient } from '#core/sync/client/client.ts';
import type { SyncStatus } from '#core/sync/client/status-contract.ts';
import { conflictOf, listConflicts } from '#core/sync/conflicts/conflicts.ts';
import type { ConflictChoice } from '#core/sync/conflicts/contract.ts';
import { resolveConflict } from '#core/sync/conflicts/resolve.ts';
import { printJson } from './output.ts';
import { withDesk } from './with-desk.ts';

const MOST_LOST = 1_000;

interface Options {
  readonly data?: string;
  readonly json?: boolean;
  readonly user?: string;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `fieldwriter sync status`. @returns the exit code */
export function status(options: Options): Promise<number> {
  return withSync(options, async (client) => report(client.status(), options));
}

/** `fieldwriter sync enrol <address>`: the one-time code comes from standard input, other programs can read a command line. */
export function enrol(address: string, options: Options & { readonly name?: string }): Promise<number> {
  return withSync(options, async (client, desk) => {
    if (process.stdin.isTTY) process.stderr.write('Type the one-time code, then Enter and Ctrl-D:\n');
    const code = (await text(process.stdin)).trim();
    await client.enrol(callerOf(desk, options.user), { address, code, name: options.name ?? hostname() });
    await client.idle();
    return report(client.status(), options);
  });
}

/** `fieldwriter sync now`: one round, to its end. */
export function now(options: Options & { readonly confirm?: 'push' | 'pull' }): Promise<number> {
  return withSync(options, async (client) => {
    client.now();
    await client.idle();
    const { blocked } = client.status();
    if (options.confirm && blocked?.reason === 'brake') {
      client.confirm(options.confirm);
      await client.idle();
    }
    return report(client.status(), options);
  });
}

/**
 * `fieldwriter sync git`: how stock Git clones the configurations from the cloud. With `get`, as a credential helper of Git
 * (gitcredentials(7)), it answers with a password that is good for some minutes; Git's other words ask for nothing.
 */
export function git(operation: string | undefined, options: Options): Promise<number> {
  if (operation !== undefined && operation !== 'get') return Promise.resolve(0);
  return withSync(options, async (client) => {
    const { url, user, password, expiresAt } = await client.gitAccess();
    if (operation === 'get') say(`username=${user}\npassword=${password}`);
    else if (options.json) printJson({ url, user, password, expiresAt });
    else {
      const where = options.data === undefined ? '' : ` --data ${options.data}`;
      say(`git -c credential.helper='!fieldwriter sync git${where}' clone ${url}`);
    }
    return 0;
  });
}

/** `fieldwriter sync conflicts`: those that are open; with a locator both sides of that one. */
export function conflicts(locator: string | undefined, options: Options): Promise<number> {
  return withDesk(options.data, async (desk) => {
    if (locator !== undefined) {
      const { record, title, sides, premium, choices } = conflictOf(desk, locator);
      if (options.json) printJson({ record, title, sides, premium, choices });
      else {
        say(`${title}: ${record.command} of ${record.user}, refused (${record.reason.code})`);
        for (const side of sides)
          for (const { path, before, theirs, mine, clash } of side.fields)
            say(
              `  ${side.type} ${path}${clash ? ' (both changed it)' : ''}: was ${said(before)}, stands ${said(theirs)}, own ${said(mine)}`,
            );
        if (premium) say(`  premium ${premium.currency}: stands ${premium.theirs}, with this ${premium.mine}`);
        for (const one of choices) say(`  ${choiceWords(one)}`);
      }
      return 0;
    }
    const found = listConflicts(desk, 'open');
    if (options.json) printJson(found.map(({ record, title }) => ({ ...record, title })));
    else if (found.length === 0) say('There are no conflicts.');
    else
      for (const { record, title, userName } of found)
        say(`${record.locator}  ${title}  ${record.command} by ${userName}`);
    return 0;
  });
}

/** `fieldwriter sync lost`: what others made, a cloud that was set back lost, and nobody sent again yet; verbatim as JSON. */
export function lost(options: Options): Promise<number> {
  return withDesk(options.data, async ({ store }) => {
    const found = store.replication.lost(MOST_LOST);
    if (options.json) printJson(found);
    else if (found.length === 0) say('Nothing is missing in the cloud.');
    for (const { at, command, user, device, changes } of options.json ? [] : found)
      say(
        `${new Date(at).toISOString()}  ${command} by ${user} on ${device}: ${changes.map(({ type, locator }) => `${type} ${locator}`).join(', ')}`,
      );
    return 0;
  });
}

/** `fieldwriter sync resolve <conflict> <choice>`. */
export function resolve(
  locator: string,
  choice: ConflictChoice['choice'],
  options: Options & { readonly field?: readonly string[] },
): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const { sides } = conflictOf(desk, locator);
    const wanted = options.field ?? [];
    const unknown = wanted.find((path) => !sides.some(({ fields }) => fields.some((field) => field.path === path)));
    if (unknown !== undefined) throw new Problem('malformed-request', `Both sides do not differ in ${unknown}.`);
    const fields = sides.map(({ type, locator: of, fields: all }) => ({
      type,
      locator: of,
      paths: all.map(({ path }) => path).filter((path) => wanted.includes(path)),
    }));
    resolveConflict(desk, callerOf(desk, options.user), locator, choice === 'fields' ? { choice, fields } : { choice });
    if (options.json) printJson({ locator, choice });
    else say('Resolved.');
    return 0;
  });
}

function withSync(options: Options, work: (client: SyncClient, desk: OpenDesk) => Promise<number>): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const client = openSyncClient(desk, { every: 3_600_000 });
    try {
      return await work(client, desk);
    } finally {
      await client.close();
    }
  });
}

/** Prints how it stands. @returns 1 where somebody has to do something */
function report(found: SyncStatus, { json }: Options): number {
  if (json) printJson(found);
  else {
    const { cloud, waiting, blocked, lastFailure, lastSuccess, position, cloudPosition, conflicts: open } = found;
    if (!cloud) say('This workbench has no cloud: fieldwriter sync enrol ADDRESS');
    else {
      say(
        `${cloud.tenantName} (${cloud.addresses.join(', ')}), ${found.on ? 'on' : 'off'}${found.metered ? ', metered' : ''}`,
      );
      say(
        `Applied ${position}${cloudPosition === null ? '' : ` of ${cloudPosition}`}, ${waiting.entries} waiting, ${open} conflicts, ${found.parked} parked`,
      );
      if (found.setBack)
        say(
          `The cloud was set back to ${new Date(found.setBack.at).toISOString()}: ${found.setBack.again} pieces of your work are sent again, ${found.setBack.lost} of others come back when they meet it.`,
        );
      if (found.lost > 0) say(`${found.lost} pieces of others' work are missing there: fieldwriter sync lost`);
      if (lastSuccess !== null) say(`Both sides agreed at ${new Date(lastSuccess).toISOString()}`);
      if (blocked) say(blocked.message);
      else if (lastFailure) say(`${new Date(lastFailure.at).toISOString()} ${lastFailure.message}`);
    }
  }
  const { lastFailure, lastSuccess } = found;
  return found.blocked || (lastFailure && lastFailure.at > (lastSuccess ?? 0)) ? 1 : 0;
}

function choiceWords({ choice, possible, recommended, why }: ConflictChoice): string {
  return `${choice}${recommended ? ' (recommended)' : ''}${possible ? '' : ` is not possible: ${why}`}`;
}

function said(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function callerOf(desk: OpenDesk, name: string | undefined): Caller {
  if (name !== undefined) return { actor: { user: `command-line ${name}`, name } };
  return { actor: localUser(desk) ?? { user: 'command-line', name: 'Command line' } };
}
