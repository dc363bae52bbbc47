/** The few words of Git's protocol that a device speaks with its cloud (cloud/SPEC.md CL50; gitprotocol-http, version 0). */

type Ask = (method: 'GET' | 'POST', path: string, body?: Uint8Array) => Promise<Uint8Array>;
/** A reference that is to be moved in the cloud; undefined: there is none, or it goes. */
export interface RefPush {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const REPOSITORY = '/v1/git/configurations.git';
const NOTHING = '0'.repeat(40);
const FLUSH = '0000';
/** More of what is here is not told: the cloud needs one commit that both have. */
const MOST_HAVES = 2000;

function line(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`;
}

/** Lines until a flush or the end of what is framed, and where that is. */
function linesOf(bytes: Uint8Array, start = 0): { readonly lines: readonly string[]; readonly end: number } {
  const lines: string[] = [];
  let at = start;
  for (;;) {
    const length = Number.parseInt(Buffer.from(bytes.subarray(at, at + 4)).toString('latin1'), 16);
    if (!(length >= 4)) return { lines, end: at + 4 };
    lines.push(
      Buffer.from(bytes.subarray(at + 4, at + length))
        .toString()
        .trimEnd(),
    );
    at += length;
    // A pack follows without a flush.
    if (Buffer.from(bytes.subarray(at, at + 4)).toString('latin1') === 'PACK') return { lines, end: at };
  }
}

/** The cloud's references, by full name. */
export async function advertisedRefs(ask: Ask): Promise<ReadonlyMap<string, string>> {
  const bytes = await ask('GET', `${REPOSITORY}/info/refs?service=git-receive-pack`);
  const { lines } = linesOf(bytes, linesOf(bytes).end);
  return new Map(
    lines.flatMap((text) => {
      const [, oid, name] = /^([0-9a-f]{40}) (refs\/[^\0]+)/.exec(text) ?? [];
      return oid === undefined || name === undefined ? [] : [[name, oid] as const];
    }),
  );
}

/** A pack of what leads from the wanted, and not from what is here. @param had commits that are here whole */
export async function fetchPack(ask: Ask, wanted: readonly string[], had: readonly string[]): Promise<Uint8Array> {
  const wants = [...new Set(wanted)].map((oid) => line(`want ${oid}\n`));
  const haves = [...new Set(had)]
    .filter((oid) => !wanted.includes(oid))
    .slice(0, MOST_HAVES)
    .map((oid) => line(`have ${oid}\n`));
  const request = [...wants, FLUSH, ...haves, line('done\n')].join('');
  const bytes = await ask('POST', `${REPOSITORY}/git-upload-pack`, Buffer.from(request));
  return bytes.subarray(linesOf(bytes).end);
}

/** Moves a reference. @param pack of what it is to name @returns why the cloud does not, in its words; undefined: it does */
export async function pushRef(
  ask: Ask,
  { name, before = NOTHING, after }: RefPush,
  pack: (oids: readonly string[]) => Promise<Uint8Array>,
): Promise<string | undefined> {
  const command = `${line(`${before} ${after ?? NOTHING} ${name}\0report-status`)}${FLUSH}`;
  const body = [Buffer.from(command), ...(after === undefined ? [] : [await pack([after])])];
  const { lines } = linesOf(await ask('POST', `${REPOSITORY}/git-receive-pack`, Buffer.concat(body)));
  if (lines.includes(`ok ${name}`)) return undefined;
  const [unpack = '', refusal = ''] = lines;
  return unpack === 'unpack ok' ? refusal.slice(`ng ${name} `.length) : unpack;
}
