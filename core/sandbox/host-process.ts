import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Answer, DATA_CHANNEL, type Order, type ProgramText, type Report } from './messages.ts';

/** A piece of work with what its host may ask for while it runs. */
export interface Job {
  readonly order: Extract<Order, { type: 'run' }>;
  /** What follows the order on the data channel. */
  readonly data?: Uint8Array;
  /** It may be sent while another job like it is being worked on: its host never waits for the next one. */
  readonly ahead?: true;
  program(): ProgramText;
  /** @returns JSON text `{value}` or `{error}` */
  ask(what: 'entity' | 'auxData', a: string, b: string): Promise<string>;
  answer(answer: Answer): void;
  /** The host went away under it. */
  lost(why: HostEnd): void;
}
export interface HostEnd {
  readonly reason: 'too-slow' | 'crashed' | 'killed' | 'not-loaded' | 'not-started' | 'closed';
  readonly text: string;
}

/** Added to a guest's time limit before its host is killed: what crossing and stopping it the gentle way may take. */
const GRACE = 150;
const LOAD_LIMIT = 60_000;
const START_LIMIT = 20_000;
/** What a host may take after an answer to be ready again. */
const REST_LIMIT = 5_000;
const FLAGS = [
  '--no-node-snapshot',
  // A second wall behind the isolate: no writing, no other process, no threads, and nothing to read but this program.
  '--permission',
  '--allow-addons',
  ...ownFolders().map((folder) => `--allow-fs-read=${folder}`),
  '--max-old-space-size=512',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=SecurityWarning',
];

/** The program: its sources or its bundle, two levels up, and the `node_modules` that it may be installed in. */
function ownFolders(): string[] {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const installed = /^.*?[/\\]node_modules[/\\]/.exec(root)?.[0];
  // Links are followed before they are judged: a `node_modules` that is one counts where it really is.
  const linked = join(root, 'node_modules');
  const modules = existsSync(linked) ? realpathSync(linked) : undefined;
  // What loads the isolates' library asks which Linux this is.
  return [root, installed, modules, '/etc/alpine-release'].filter((folder) => folder !== undefined);
}

/** One host process; it does one job at a time, and is killed when it does not answer. */
export class HostProcess {
  readonly #child: ChildProcess;
  readonly #onReady: () => void;
  readonly #onEnd: (host: HostProcess) => void;
  #state: 'starting' | 'idle' | 'busy' | 'resting' | 'ended' = 'starting';
  #job: Job | undefined;
  /** Sent already, behind the one that is being worked on. */
  #next: Job | undefined;
  #ahead = false;
  #watchdog: NodeJS.Timeout | undefined;
  #slow = false;
  #loading = false;
  #closing = false;
  #complaint = '';
  /** Hashes of the programs that it was given. */
  readonly programs = new Set<string>();
  /** Whether it ever was ready to work. */
  started = false;

  constructor(entry: URL, onReady: () => void, onEnd: (host: HostProcess) => void) {
    this.#onReady = onReady;
    this.#onEnd = onEnd;
    const { SystemRoot } = process.env;
    this.#child = spawn(process.execPath, [...FLAGS, fileURLToPath(entry)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
      serialization: 'advanced',
      windowsHide: true,
      // Nothing of ours: no keys, no paths. The zone and the language of the machine must not reach a guest.
      env: { TZ: 'UTC', LC_ALL: 'en_US.UTF-8', ...(SystemRoot === undefined ? {} : { SystemRoot }) },
    });
    this.#child.on('message', (report: Report) => this.#receive(report));
    this.#child.on('error', (error) => {
      this.#complaint = error.message;
      this.#ended(null, null);
    });
    this.#child.on('exit', (code, signal) => this.#ended(code, signal));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-2_000);
    });
    // What it did not take any more is told by its end.
    this.#data?.on('error', () => undefined);
    this.#watch(START_LIMIT);
  }

  get #data(): Socket | undefined {
    const channel = this.#child.stdio[DATA_CHANNEL];
    return channel instanceof Socket ? channel : undefined;
  }

  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** Whether a job can be sent now, while another one is being worked on. */
  takesBehind(job: Job): boolean {
    const working = this.#state === 'busy' || this.#state === 'resting';
    return working && this.#ahead && job.ahead === true && this.#next === undefined;
  }

  /** Starts a job; only on an idle host, or one that takes it behind its own. */
  start(job: Job): void {
    if (this.#state === 'idle') this.#begin(job);
    else this.#next = job;
    this.#ahead = job.ahead === true;
    this.#send(job.order);
    if (job.data && this.#child.connected) this.#data?.write(job.data);
  }

  #begin(job: Job): void {
    this.#job = job;
    this.#state = 'busy';
    this.#hold(true);
    this.#watch(job.order.limits.time + GRACE);
  }

  /** Ends the process; a running job is lost. */
  async close(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#closing = true;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#hold(true);
    this.#child.kill('SIGKILL');
    await gone;
  }

  #receive(report: Report): void {
    if (this.#closing) return;
    const job = this.#job;
    switch (report.type) {
      case 'ready':
        this.#unwatch();
        this.started = true;
        if (this.#next) {
          this.#begin(this.#next);
          this.#next = undefined;
        } else {
          this.#state = 'idle';
          this.#hold(false);
        }
        this.#onReady();
        return;
      case 'need-program':
        if (!job) return;
        this.programs.add(job.order.hash);
        this.#send({ type: 'program', program: job.program() });
        return;
      case 'loading':
        this.#loading = true;
        this.#watch(LOAD_LIMIT);
        return;
      case 'loaded':
        this.#loading = false;
        if (job) this.#watch(job.order.limits.time + GRACE);
        return;
      case 'ask':
        if (!job) return;
        void job.ask(report.what, report.a, report.b).then((text) => {
          if (this.#job === job) this.#send({ type: 'told', ticket: report.ticket, text });
        });
        return;
      case 'answer':
        this.#loading = false;
        this.#watch(REST_LIMIT);
        this.#state = 'resting';
        this.#job = undefined;
        job?.answer(report.answer);
    }
  }

  /** An idle host keeps the process that started it from ending no more than an open file does. */
  #hold(busy: boolean): void {
    const { channel, stderr } = this.#child;
    const how = busy ? 'ref' : 'unref';
    this.#child[how]();
    channel?.[how]();
    if (stderr instanceof Socket) stderr[how]();
    this.#data?.[how]();
  }

  #send(order: Order): void {
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }

  /** Kills the host after a while, but never before what has already arrived from it was read. */
  #watch(limit: number): void {
    this.#unwatch();
    this.#watchdog = setTimeout(() => {
      this.#watchdog = setTimeout(() => {
        this.#slow = true;
        this.#child.kill('SIGKILL');
      }, 10);
    }, limit);
  }

  #unwatch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#unwatch();
    const how = signal ?? `exit ${code}`;
    const jobs = [this.#job, this.#next];
    this.#job = undefined;
    this.#next = undefined;
    const external = signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT';
    const reason = this.#closing
      ? 'closed'
      : !this.started
        ? 'not-started'
        : external && !this.#slow
          ? 'killed'
          : this.#loading
            ? 'not-loaded'
            : this.#slow
              ? 'too-slow'
              : 'crashed';
    for (const job of jobs) job?.lost({ reason, text: [how, this.#complaint].filter(Boolean).join(': ') });
    this.#onEnd(this);
  }

  /** What it said on standard error, and how it ended. */
  get complaint(): string {
    return this.#complaint;
  }
}
