import type { Desk } from '#core/desk/desk.ts';

const MARK = 'files';
const FIRST_MARK = 'files-first';
const ENTRIES = 200;
const PIECE = 2 * 1024 * 1024;
/** Types of records that name files: those of the first fetch stand in no entry. */
const TYPES = ['document', 'media'] as const;

/** Asks the cloud for something of a device. */
export type Ask = (method: 'GET' | 'PUT', path: string, body?: Uint8Array) => Promise<Uint8Array>;

/**
 * Moves the files of the next entries: those of this device up, those of others down. What is there already is passed over.
 * @returns whether there is more @param onBytes told how much crossed
 */
export async function moveFiles(desk: Desk, ask: Ask, onBytes: (bytes: number) => void): Promise<boolean> {
  const { replication } = desk.store;
  if (replication.mark(FIRST_MARK) === undefined) {
    for (const type of TYPES)
      for (const { record } of desk.store.list(type, { newestFirst: true }))
        for (const hash of [record.blob].flat())
          if (typeof hash === 'string') await fetchFile(desk, ask, hash, onBytes);
    replication.setMark(FIRST_MARK, 'done');
  }
  const behind = replication.filesBehind(Number(replication.mark(MARK) ?? 0), ENTRIES);
  for (const { hash, own } of behind.files) {
    if (own) await sendFile(desk, ask, hash, onBytes);
    else await fetchFile(desk, ask, hash, onBytes);
  }
  replication.setMark(MARK, String(behind.position));
  return behind.more;
}

async function sendFile(desk: Desk, ask: Ask, hash: string, onBytes: (bytes: number) => void): Promise<void> {
  const content = await desk.store.blobs.get(hash);
  // Lost here, which `verify` tells: nothing that sending could mend.
  if (!content) return;
  let state = stateIn(await ask('GET', `/v1/blobs/${hash}/state`));
  while (!state.stored) {
    const { received } = state;
    const piece = content.subarray(received, received + PIECE);
    state = stateIn(await ask('PUT', `/v1/blobs/${hash}?offset=${received}&total=${content.length}`, piece));
    onBytes(piece.length);
    if (!state.stored && state.received <= received) throw new Error(`The cloud takes no more of the file ${hash}.`);
  }
}

async function fetchFile(desk: Desk, ask: Ask, hash: string, onBytes: (bytes: number) => void): Promise<void> {
  if (await desk.store.blobs.has(hash)) return;
  const state = stateIn(await ask('GET', `/v1/blobs/${hash}/state`));
  // Its device has not sent it yet: when somebody opens it, it is asked for again.
  if (!state.stored) return;
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
}

function stateIn(bytes: Uint8Array): { readonly stored: boolean; readonly received: number } {
  return JSON.parse(new TextDecoder().decode(bytes)) as { stored: boolean; received: number };
}
