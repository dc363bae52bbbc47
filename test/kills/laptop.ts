import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { SyncStatus } from '#core/api/contracts/sync.ts';
import { ROOT } from '#test/contract/support.ts';
import type { Random } from '#test/simulation/random.ts';

const TOKEN = 'a laptop that is killed';
/** Key of every laptop's data folder. */
export const KEY = '5a'.repeat(32);

/** The workbench said no: that answer is no fault, and nothing was done. */
export class Refused extends Error {}
/** Nobody answered: the process was killed. Whether it was done is to be seen in the log. */
export class Silent extends Error {}

/** A workbench in a process of its own, as it ships, that may die at any moment. What it acknowledged is written down here. */
export class KilledLaptop {
  readonly name: string;
  readonly folder: string;
  readonly random: Random;
  /** Marks of commands (core/desk/desk.ts) that were answered, and of those that nobody answered. */
  readonly acknowledged = new Map<string, string>();
  readonly unanswered = new Set<string>();
  user = '';
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #address = '';
  #requests = 0;

  constructor(name: string, folder: string, random: Random) {
    this.name = name;
    this.folder = folder;
    this.random = random;
  }

  async start(...more: readonly string[]): Promise<void> {
    const child = spawn(
      process.execPath,
      ['dist/core/main.js', 'serve', '--data', this.folder, '--user', this.name, '--json', ...more],
      {
        cwd: ROOT,
        env: { ...process.env, FIELDWRITER_KEY: KEY, FIELDWRITER_TOKEN: TOKEN },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const line = await Promise.race([
      new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
      ended.then(() => Promise.reject(new Error(`${this.name} did not start: ${said}`))),
    ]);
    this.#address = (JSON.parse(line) as { address: string }).address;
    this.#child = child;
    this.#ended = ended;
    const session = await this.ask<{ user: { locator: string } }>('GET', '/api/session');
    this.user = session.user.locator;
  }

  /** Ends when the process is gone. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#child?.kill(signal);
    await this.#ended;
  }

  /** Throws Refused, Silent. */
  async ask<T>(method: string, at: string, body?: unknown, key?: string): Promise<T> {
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      ...(!(body instanceof FormData) && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    let response: Response;
    let text: string;
    try {
      const sent = body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) };
      response = await fetch(this.#address + at, { method, headers, ...sent });
      text = await response.text();
    } catch (error) {
      throw new Silent(`${this.name} does not answer`, { cause: error });
    }
    if (response.status >= 500) throw new Error(`${this.name} answers ${method} ${at} with ${text}`);
    if (!response.ok) throw new Refused(text);
    return JSON.parse(text) as T;
  }

  /** One command of its user, sent once more with its key now and then: it is done once. */
  async command<T>(method: string, at: string, body: unknown = {}): Promise<T> {
    this.#requests += 1;
    const key = `${this.name} ${this.#requests}`;
    const mark = `request:${createHash('sha256').update(`${this.user} ${key}`).digest('hex')}`;
    this.unanswered.add(mark);
    try {
      const answer = await this.ask<T>(method, at, body, key);
      this.unanswered.delete(mark);
      this.acknowledged.set(mark, `${key}: ${method} ${at}`);
      return answer;
    } catch (error) {
      if (error instanceof Refused) this.unanswered.delete(mark);
      throw error;
    }
  }

  sync(): Promise<SyncStatus> {
    return this.ask('GET', '/api/sync');
  }
}
