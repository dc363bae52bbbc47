import { Problem } from '#core/model/problem.ts';
import type { CloudDatabase } from '../database/contract.ts';
import type { Scope } from '../database/scope.ts';
import { type GitObject, OID } from './object.ts';
import { banded, FLUSH, packetLine, readPacketLine } from './packet-lines.ts';
import { readPack } from './read-pack.ts';
import { type RefUpdate, refusalOfUpdate } from './ref-rules.ts';
import { goesOn, keepObjects, lockRepository, moveRefs, present } from './repository.ts';

/** What somebody pushes. */
interface Pushed {
  readonly updates: readonly RefUpdate[];
  readonly capabilities: ReadonlySet<string>;
  readonly pack: Uint8Array;
}
/** What becomes of it. */
export interface PushOutcome {
  /** What Git is answered: refusals too are an answer of the protocol. */
  readonly report: Uint8Array;
  readonly moved: readonly string[];
  /** Why nothing was taken, in a word for the log; undefined: all of it was. */
  readonly refused?: string;
}
/** Most references of one push. */
const MOST_UPDATES = 100;
const NOTHING = '0'.repeat(40);

function readPushed(body: Uint8Array): Pushed {
  const updates: RefUpdate[] = [];
  let capabilities: ReadonlySet<string> = new Set();
  for (let at = 0; at < body.length; ) {
    const read = readPacketLine(body, at);
    if (!read || updates.length > MOST_UPDATES) throw malformed('The request is not what Git sends.');
    at = read.next;
    if (read.line === null) return { updates, capabilities, pack: body.subarray(at) };
    const [command = '', words] = read.line.split('\0');
    const [before = '', after = '', ...name] = command.split(' ');
    if (!OID.test(before) || !OID.test(after) || name.length === 0) throw malformed('A reference can not be read.');
    updates.push({ before: orNull(before), after: orNull(after), name: name.join(' ') });
    if (words !== undefined) capabilities = new Set(words.trim().split(' '));
  }
  throw malformed('The request ends too early.');
}

function orNull(oid: string): string | null {
  return oid === NOTHING ? null : oid;
}

/**
 * Takes a push whole or not at all, in one transaction: objects are kept only where the references move.
 * @param who is written down as having moved them @throws Problem malformed-request for what is no push at all
 */
export async function receivePack(
  database: CloudDatabase,
  tenant: string,
  who: string,
  body: Uint8Array,
  now: number,
): Promise<PushOutcome> {
  const pushed = readPushed(body);
  const { updates } = pushed;
  // Git asks with an empty push first whether it may at all.
  if (updates.length === 0) return { report: new Uint8Array(), moved: [] };
  try {
    const objects = pushed.pack.length > 0 ? await readPack(pushed.pack) : [];
    await database.inTenant(tenant, (scope) => take(scope, updates, objects, who, now));
  } catch (error) {
    if (error instanceof Refused) return refusedPush(pushed, 'ok', error.why, 'reference');
    if (!(error instanceof Problem)) throw error;
    return refusedPush(pushed, error.message, new Map(), String(error.details?.reason ?? error.code));
  }
  const lines = ['unpack ok', ...updates.map(({ name }) => `ok ${name}`)];
  return { report: reported(pushed, lines), moved: updates.map(({ name }) => name) };
}

/** References that may not move, with why. */
class Refused extends Error {
  readonly why: ReadonlyMap<string, string>;
  constructor(why: ReadonlyMap<string, string>) {
    super('A reference may not move.');
    this.why = why;
  }
}

async function take(
  scope: Scope,
  updates: readonly RefUpdate[],
  objects: readonly GitObject[],
  who: string,
  now: number,
): Promise<void> {
  const changes = await lockRepository(scope);
  const gap = await keepObjects(scope, objects);
  if (gap !== undefined)
    throw new Problem('malformed-request', `The pack rests on ${gap}, which is not here.`, {
      details: { reason: 'gap' },
    });
  const refs = await scope.rows<{ name: string; oid: string }>(
    'git-tips',
    'SELECT name, oid FROM git_ref WHERE tenant = $1 AND name = ANY($2)',
    [updates.map(({ name }) => name)],
  );
  const tips = new Map(refs.map(({ name, oid }) => [name, oid]));
  const kinds = await present(
    scope,
    updates.flatMap(({ after }) => after ?? []),
  );
  const why = new Map<string, string>();
  for (const update of updates) {
    const { name, after } = update;
    const tip = tips.get(name) ?? null;
    const kind = after === null ? undefined : kinds.get(after);
    const follows = after !== null && kind === 'commit' && tip !== null && (await goesOn(scope, after, tip));
    const refusal =
      updates.filter((one) => one.name === name).length > 1
        ? 'it is named twice'
        : refusalOfUpdate(update, { now: tip, kind, goesOn: follows });
    if (refusal !== undefined) why.set(name, refusal);
    else if (after !== null && kind === undefined) why.set(name, 'what it is to name did not come along');
  }
  if (why.size > 0) throw new Refused(why);
  await moveRefs(scope, changes, updates, who, now);
}

function refusedPush(pushed: Pushed, unpack: string, why: ReadonlyMap<string, string>, reason: string): PushOutcome {
  const others = 'nothing of this push was taken';
  const lines = pushed.updates.map(({ name }) => `ng ${oneLine(name)} ${why.get(name) ?? others}`);
  return { report: reported(pushed, [`unpack ${oneLine(unpack)}`, ...lines]), moved: [], refused: reason };
}

function reported({ capabilities }: Pushed, lines: readonly string[]): Uint8Array {
  if (!capabilities.has('report-status')) return new Uint8Array();
  const report = Buffer.concat([...lines.map((line) => packetLine(`${line}\n`)), FLUSH]);
  return capabilities.has('side-band-64k') ? Buffer.concat([...banded(1, report), FLUSH]) : report;
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.replaceAll(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 300);
}

function malformed(message: string): Problem {
  return new Problem('malformed-request', message, { details: { reason: 'git' } });
}
