import type { Desk } from '#core/desk/desk.ts';

/** Entries that are looked through for files at once, and files that are moved before the round is asked whether it goes on. */
const ENTRIES = 200;
const FILES = 20;
const PIECE = 2 * 1024 * 1024;
/** A file that the cloud does not have is asked for again after this, twice as long each time, at most an hour. */
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 3_600_000;

/** Asks the cloud for something of a device. */
export type Ask = (method: 'GET' | 'PUT', path: string, body?: Uint8Array) => Promise<Uint8Array>;

/**
 * Notes the files that the next entries name, and moves those whose time has come: what is here up, what is elsewhere down (SY86).
 * @param spare only notes them: the network is metered (SY82)
 * @returns whether there is more @param onBytes told how much crossed
 */
export async function moveFiles(
  desk: Desk,
  ask: Ask,
  spare: boolean,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  const { blobs, replication } = desk.store;
  const { files } = replication;
  if (await files.look(ENTRIES, (hash) => blobs.has(hash))) return true;
  if (spare) return false;
  const due = files.due(desk.now(), FILES);
  for (const { hash, own, tries } of due) {
    const moved = own ? await sendFile(desk, ask, hash, onBytes) : await fetchFile(desk, ask, hash, onBytes);
    if (moved) files.crossed(hash);
    else files.later(hash, desk.now() + Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries, 20)));
  }
  return due.length === FILES;
}

async function sendFile(desk: Desk, ask: Ask, hash: string, onBytes: (bytes: number) => void): Promise<boolean> {
  const content = await desk.store.blobs.get(hash).catch(() => undefined);
  // Lost or damaged here: perhaps the cloud has it.
  if (!content) return download(desk, ask, hash, onBytes);
  let state = stateIn(await ask('GET', `/v1/blobs/${hash}/state`));
  while (!state.stored) {
    const { received } = state;
    const piece = content.subarray(received, received + PIECE);
    state = stateIn(await ask('PUT', `/v1/blobs/${hash}?offset=${received}&total=${content.length}`, piece));
    onBytes(piece.length);
    if (!state.stored && state.received <= received) throw new Error(`The cloud takes no more of the file ${hash}.`);
  }
  return true;
}

/** @returns false where its device has not sent it yet */
async function fetchFile(desk: Desk, ask: Ask, hash: string, onBytes: (bytes: number) => void): Promise<boolean> {
  return (await desk.store.blobs.has(hash)) || download(desk, ask, hash, onBytes);
}

async function download(desk: Desk, ask: Ask, hash: string, onBytes: (bytes: number) => void): Promise<boolean> {
  const state = stateIn(await ask('GET', `/v1/blobs/${hash}/state`));
  if (!state.stored) return false;
  const parts: Uint8Array[] = [];
  let length = 0;
  while (true) {
    const part = await ask('GET', `/v1/blobs/${hash}?offset=${length}&length=${PIECE}`);
    parts.push(part);
    length += part.length;
    onBytes(part.length);
    if (part.length < PIECE) break;
  }
  const named = await desk.store.blobs.put(Buffer.concat(parts));
  if (named !== hash) throw new Error(`The cloud gave other content for the file ${hash}.`);
  return true;
}

function stateIn(bytes: Uint8Array): { readonly stored: boolean; readonly received: number } {
  return JSON.parse(new TextDecoder().decode(bytes)) as { stored: boolean; received: number };
}
