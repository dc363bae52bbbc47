import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import type { LabJob } from '#core/api/contracts/lab-jobs.ts';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '#core/api/open-workbench.ts';
import { serveWorkbench } from '#core/api/serve.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { loadConfiguration } from '#core/product/load.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const TOKEN = 'the-token-of-this-test';
export const ACTOR = { user: 'tester', name: 'Tester' };

/** How a request reaches the workbench: straight into the function, or over a real socket. */
export type Mount = 'function' | 'socket';
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}
export interface TestWorkbench {
  readonly workbench: Workbench;
  readonly folder: string;
  readonly key: Uint8Array;
  readonly address: string;
  /** A request with the token, JSON in and out. */
  call<T = ProblemDocument>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  /** A request exactly as given. */
  raw(path: string, init?: RequestInit): Promise<Response>;
}

/** Opens a workbench in a private folder; closed and removed after the file's tests. */
export async function openTestWorkbench(
  options: { readonly mount?: Mount; readonly user?: string | null } & Partial<WorkbenchOptions> = {},
): Promise<TestWorkbench> {
  const { mount = 'function', user = 'Ada', ...more } = options;
  const folder = more.folder ?? mkdtempSync(path.join(tmpdir(), 'fieldwriter-test-'));
  const key = more.key ?? new Uint8Array(randomBytes(32));
  const workbench = await openWorkbench({
    documents: 'later',
    token: TOKEN,
    firstVersions: 'taken',
    ...more,
    folder,
    key,
  });
  const served = mount === 'socket' ? await serveWorkbench(workbench, { port: 0 }) : undefined;
  const address = served?.address ?? 'http://localhost';
  const raw = (at: string, init: RequestInit = {}): Promise<Response> =>
    served ? fetch(address + at, init) : workbench.fetch(new Request(address + at, init));
  const opened: TestWorkbench = {
    workbench,
    folder,
    key,
    address,
    raw,
    async call<T>(method: string, at: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await raw(at, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : undefined) as T };
    },
  };
  afterAll(async () => {
    await served?.close();
    await workbench.close();
    if (more.folder === undefined) rmSync(folder, { recursive: true, force: true });
  });
  if (user !== null) await opened.call('POST', '/api/session/user', { name: user });
  return opened;
}

export async function deployExample(opened: TestWorkbench, name: string): Promise<void> {
  const configuration = await loadConfiguration({ folder: path.join(ROOT, 'examples', name) });
  await deployConfiguration(opened.workbench.desk, { actor: ACTOR }, configuration);
}

/** Deploys a bare product of a few files, e.g. `{'policy/policy.json': '{}'}`. */
export async function deployProduct(
  opened: TestWorkbench,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const content = new Map(
    Object.entries({
      'config.json': '{"timezone":"America/Los_Angeles","currency":"USD"}',
      ...prefixed(name, files),
    }).map(([file, text]) => [file, new TextEncoder().encode(text)]),
  );
  const configuration = await loadConfiguration({ files: content });
  await deployConfiguration(opened.workbench.desk, { actor: ACTOR }, configuration);
}

function prefixed(product: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [
      /^(scripts|payment)\//.test(file) ? file : `products/${product}/${file}`,
      text,
    ]),
  );
}

/** A product with one exposure and one peril that costs 120 a year; files may be added or replaced. */
export function smallProduct(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'policy/policy.json': '{"fields":[{"name":"note","title":"Note","type":"string","optional":true}]}',
    'policy/exposures/thing/exposure.json':
      '{"name":"thing","displayName":"Thing","fields":[{"name":"value","title":"Value","type":"number"}]}',
    'policy/exposures/thing/perils/loss.json': '{"name":"loss","displayName":"Loss","deductible":"500","fields":[]}',
    'policy/exposures/thing/perils/loss.premium.liquid': '{{ 120 | set_year_premium }}',
    ...more,
  };
}
export const SMALL_RISK = {
  exposures: [{ exposureName: 'thing', fieldValues: { value: 1 }, perils: [{ name: 'loss' }] }],
};

interface CaseFile {
  readonly product: string;
  readonly policyholder: { readonly values: Record<string, unknown> };
  readonly policyCreate: Record<string, unknown>;
}
/** A case of an example as a request `{policyholder, policy}`. */
export function exampleRequest(example: string, name: string) {
  const file = path.join(ROOT, 'examples', example, 'products', example, 'tests', `${name}.case.json`);
  const { product, policyholder, policyCreate } = JSON.parse(readFileSync(file, 'utf8')) as CaseFile;
  return { policyholder, policy: { productName: product, ...policyCreate } };
}

/** Begins a job of the lab, waits for its end, and answers its result. */
export async function labJob<T = ProblemDocument>(
  opened: TestWorkbench,
  path: string,
  body: unknown = {},
): Promise<Answer<T>> {
  const begun = await opened.call<LabJob>('POST', path, body);
  if (begun.status !== 200) return begun as unknown as Answer<T>;
  const { id } = begun.body;
  for (let { state } = begun.body; state === 'running'; )
    state = (await opened.call<LabJob>('GET', `/api/lab/jobs/${id}?wait=5000`)).body.state;
  return opened.call<T>('GET', `/api/lab/jobs/${id}/result`);
}

/** Makes a policyholder and a draft policy. */
export async function draft(
  opened: TestWorkbench,
  request: { readonly policyholder?: unknown; readonly policy: object },
): Promise<PolicyResponse> {
  const holder = await opened.call<PolicyholderResponse>(
    'POST',
    '/policyholder/create',
    request.policyholder ?? { values: {} },
  );
  const made = await opened.call<PolicyResponse>('POST', '/policy', {
    ...request.policy,
    policyholderLocator: holder.body.locator,
  });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  return made.body;
}
