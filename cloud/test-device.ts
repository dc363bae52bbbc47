import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type * as z from 'zod';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import type { RecordType } from '#core/store/contract.ts';
import { changeText, entryText, hashOf, NO_HASH, packed } from '#core/store/entry.ts';
import { type Seal, sealedWith } from '#core/store/personal.ts';
import { type Frame, framed, unframed } from '#core/sync/frames.ts';
import { PROOF_HEADER, proofOf, signed, tokenText } from '#core/sync/proof.ts';
import { EnrolAnswer, type EntryHead, PushAnswer, TokenAnswer } from '#core/sync/protocol.ts';

type Head = z.infer<typeof EntryHead>;
/** A change that a test makes. */
export interface TestChange {
  readonly type: RecordType;
  readonly locator: string;
  readonly base: string | null;
  readonly version?: number;
  readonly record: JsonObject | null;
  /** Paths that are sealed with the person's key. */
  readonly personal?: { readonly person: string; readonly paths: readonly string[] };
}
export interface TestEntry extends Frame {
  readonly head: Head;
}
/** What a test may bend about an entry. */
export interface Bent {
  readonly seen?: number;
  readonly user?: string;
  readonly command?: string;
  readonly device?: string;
  readonly previousHash?: string;
  readonly arguments?: JsonObject;
}

/** For tests: a device of the cloud that makes entries as a journal does, and speaks the protocol by hand. */
export class TestDevice {
  readonly id: string;
  readonly privateKey: KeyObject;
  address: string;
  token = '';
  tenant = '';
  sequence = 0;
  hash: string = NO_HASH;
  seen = 0;
  readonly persons = new Map<string, { readonly id: string; readonly key: Uint8Array }>();

  constructor(address: string, id: string = crypto.randomUUID()) {
    this.address = address;
    this.id = id;
    this.privateKey = generateKeyPairSync('ed25519').privateKey;
  }

  get publicKey(): string {
    return createPublicKey(this.privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  }

  async enrol(code: string, numbers: readonly { series: string; first: number; last: number }[] = []): Promise<this> {
    const body = { code, device: this.id, name: 'A laptop', publicKey: this.publicKey, numbers };
    const response = await this.plain('POST', '/v1/enrol', JSON.stringify(body));
    this.tenant = EnrolAnswer.parse(await expected(response, 201)).tenant;
    await this.newToken();
    return this;
  }

  async newToken(): Promise<void> {
    const { challenge } = (await (await this.plain('GET', '/v1/challenge')).json()) as { challenge: string };
    const signature = signed(this.privateKey, tokenText(this.id, challenge)).toString('base64');
    const body = JSON.stringify({ device: this.id, challenge, signature });
    this.token = TokenAnswer.parse(await expected(await this.plain('POST', '/v1/token', body), 200)).token;
  }

  plain(method: string, path: string, body?: string): Promise<Response> {
    return fetch(`${this.address}${path}`, body === undefined ? { method } : { method, body });
  }

  /** Headers of a proven request. */
  headers(method: string, path: string, body: Uint8Array, time = Date.now()): Record<string, string> {
    const request = { method, path, body, token: this.token };
    const nonce = randomBytes(16).toString('base64url');
    return { authorization: `Bearer ${this.token}`, [PROOF_HEADER]: proofOf(this.privateKey, request, time, nonce) };
  }

  ask(method: string, path: string, body: Uint8Array | string = new Uint8Array()): Promise<Response> {
    const bytes = Buffer.from(body);
    const headers = this.headers(method, path, bytes);
    return fetch(`${this.address}${path}`, method === 'GET' ? { method, headers } : { method, headers, body: bytes });
  }

  /** The next entry of its journal. */
  entry(changes: readonly TestChange[], bent: Bent = {}): TestEntry {
    this.sequence += 1;
    const id = crypto.randomUUID();
    const keys = new Map<string, NonNullable<Head['keys']>[number]>();
    const texts = changes.map((change) => this.#changeText(change, keys));
    const common = {
      id,
      device: bent.device ?? this.id,
      sequence: this.sequence,
      command: bent.command ?? 'test.change',
      commandVersion: 1,
      user: bent.user ?? 'anna',
      at: 1_800_000_000_000,
      configuration: null,
      engine: 'test',
      previousHash: bent.previousHash ?? this.hash,
    };
    const text = entryText({ ...common, arguments: bent.arguments ?? {} }, texts);
    this.hash = hashOf(text);
    const head: Head = {
      sequence: this.sequence,
      id,
      hash: this.hash,
      seen: bent.seen ?? this.seen,
      bases: changes.map(({ base }) => base),
      ...(keys.size > 0 && { keys: [...keys.values()] }),
    };
    return { head, body: packed(text) };
  }

  #changeText(
    { type, locator, version = 1, record, personal }: TestChange,
    keys: Map<string, NonNullable<Head['keys']>[number]>,
  ): string {
    const named = { type, locator, base: version - 1, version, schema: 0 };
    if (!record || !personal) return changeText(named, canonicalJson(record));
    const known = this.persons.get(personal.person);
    const key = known ?? { id: crypto.randomUUID(), key: randomBytes(32) };
    this.persons.set(personal.person, key);
    if (!known) keys.set(key.id, { id: key.id, person: personal.person, key: Buffer.from(key.key).toString('base64') });
    const sealed: { value: JsonObject; seal: Seal } = sealedWith(record, personal, key, randomBytes);
    return changeText({ ...named, seal: sealed.seal }, canonicalJson(sealed.value));
  }

  async push(entries: readonly TestEntry[]): Promise<z.infer<typeof PushAnswer>> {
    return PushAnswer.parse(await expected(await this.ask('POST', '/v1/push', framed(entries)), 200));
  }

  async pull(after: number, more = ''): Promise<readonly Frame[]> {
    const response = await this.ask('GET', `/v1/pull?after=${after}${more}`);
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return unframed(new Uint8Array(await response.arrayBuffer()));
  }
}

async function expected(response: Response, status: number): Promise<unknown> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}
