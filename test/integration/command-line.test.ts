import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import { exampleRequest, ROOT } from '#test/contract/support.ts';

const home = mkdtempSync(path.join(tmpdir(), 'fieldwriter-cli-'));
const scratch = path.join(home, 'tmp');
mkdirSync(scratch);
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
/** Runs the command line as a user does, with a temporary folder of its own to see what is left behind. */
function fieldwriter(arguments_: readonly string[], input?: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'bin/fieldwriter.mjs'), ...arguments_], {
      cwd: home,
      env: { ...process.env, TMPDIR: scratch, XDG_CONFIG_HOME: path.join(home, 'config') },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once('close', (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}
const example = (name: string): string => path.join(ROOT, 'examples', name);
const golden = JSON.stringify(exampleRequest('personal-auto', 'golden-new-business'));
const problem = ({ err }: Run): ProblemDocument => JSON.parse(err) as ProblemDocument;

describe('quote', () => {
  it('gives the golden amounts, the decision and the worksheet, and leaves nothing behind', async () => {
    const run = await fieldwriter(['quote', example('personal-auto'), '-'], golden);
    expect([run.code, run.err]).toEqual([0, '']);
    const answer = JSON.parse(run.out);
    expect(answer.summary).toEqual({
      currency: 'USD',
      grossPremium: '806.51',
      grossTaxes: '74.62',
      grossFees: '34.20',
      total: '915.33',
      decision: 'accept',
    });
    expect(answer.policy.characteristics[0]).toMatchObject({ grossPremium: '806.51', grossTaxes: '74.62' });
    expect(answer.underwriting.decision).toBe('accept');
    expect(answer.worksheet.steps.length).toBeGreaterThan(3);
    expect(answer.documents[0]).toMatchObject({ displayName: 'Quote schedule', state: 'not-produced' });
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('answers a rejection with exit code 0', async () => {
    const request = JSON.stringify(exampleRequest('personal-auto', 'reject-exotic'));
    const run = await fieldwriter(['quote', example('personal-auto'), '-'], request);
    expect([run.code, JSON.parse(run.out).underwriting.decision]).toEqual([0, 'reject']);
  });

  it('writes the documents where it is told', async () => {
    const folder = path.join(home, 'documents');
    const file = path.join(home, 'request.json');
    writeFileSync(file, golden);
    const run = await fieldwriter(['quote', example('personal-auto'), file, '--documents', folder]);
    expect(run.code).toBe(0);
    const written = JSON.parse(run.out).documents as { state: string; file: string }[];
    expect(written.map(({ state }) => state)).toEqual(['made', 'made']);
    for (const document of written) expect(readFileSync(document.file).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it.each([
    ['no JSON', ['quote', example('personal-auto'), '-'], '{', 400, 'no JSON'],
    ['an empty request', ['quote', example('personal-auto'), '-'], '{}', 400, 'policy'],
    ['no such file', ['quote', example('personal-auto'), '/nope.json'], '', 404, '/nope.json'],
    ['no such configuration', ['quote', '/nope', '-'], golden, 404, '/nope'],
    ['no such product', ['quote', example('personal-auto'), '-', '--product', 'boat'], golden, 404, 'boat'],
    [
      'a missing field',
      ['quote', example('personal-auto'), '-'],
      golden.replace('"last_name":"Marsh"', '"state":"CA"'),
      400,
      'Last name',
    ],
  ])('%s is a problem document on standard error and exit code 1', async (_, arguments_, input, status, text) => {
    const run = await fieldwriter(arguments_, input);
    expect([run.code, run.out]).toEqual([1, '']);
    expect(problem(run)).toMatchObject({ status, detail: expect.stringContaining(text) });
  });
});

describe('the other commands', () => {
  it('check: 0 without errors, 1 with, 2 for wrong usage', async () => {
    expect((await fieldwriter(['check', example('homeowners')])).code).toBe(0);
    const folder = mkdtempSync(path.join(home, 'broken-'));
    writeFileSync(path.join(folder, 'config.json'), '{"timezone": "Mars/Olympus"}');
    const broken = await fieldwriter(['check', folder, '--json']);
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.out)[0]).toMatchObject({
      severity: 'error',
      file: expect.any(String),
      line: expect.any(Number),
    });
    for (const usage of [['check'], ['nonsense'], ['sample', 'x', '--count', 'many'], ['check', 'x', '--colour']])
      expect((await fieldwriter(usage)).code).toBe(2);
    expect((await fieldwriter(['--help'])).code).toBe(0);
  });

  it('underwrite: the rules over a book in its order, beside those of another version, only what changed', async () => {
    const stricter = path.join(home, 'stricter');
    await copyExample('personal-auto', stricter, 'reject-exotic', (text) => text);
    const rules = path.join(stricter, 'products/personal-auto/policy/underwriting.guidelines.liquid');
    writeFileSync(rules, readFileSync(rules, 'utf8').replace('>= 100000', '>= 1000'));
    const exotic = JSON.stringify({ key: 'exotic', ...exampleRequest('personal-auto', 'reject-exotic') });
    const book = path.join(home, 'book.ndjson');
    writeFileSync(book, [exotic, '{"policy":', golden].join('\n'));
    const decided = (run: Run): object[] =>
      run.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
    const plain = await fieldwriter(['underwrite', example('personal-auto'), book, '--json']);
    expect([plain.code, decided(plain)]).toEqual([
      0,
      [
        expect.objectContaining({ risk: 1, key: 'exotic', decision: 'reject' }),
        expect.objectContaining({ risk: 2, error: expect.anything() }),
        expect.objectContaining({ risk: 3, decision: 'accept' }),
      ],
    ]);
    expect(JSON.parse(plain.err)).toMatchObject({ risks: 3, accept: 1, reject: 1, failed: 1 });
    const beside = await fieldwriter([
      'underwrite',
      stricter,
      book,
      '--against',
      example('personal-auto'),
      '--changed',
    ]);
    expect([beside.code, decided(beside)]).toEqual([
      0,
      [
        {
          risk: 3,
          key: '3',
          decision: 'reject',
          notes: expect.arrayContaining([expect.stringContaining('above the limit')]),
          against: { decision: 'accept', notes: expect.anything() },
          changed: true,
        },
      ],
    ]);
    const there = await fieldwriter(['underwrite', stricter, book, '--out', book]);
    expect([there.code, there.err]).toEqual([1, expect.stringContaining('is there already')]);
  });

  it('sample: the same seed gives the same lines, and each can be quoted', async () => {
    const arguments_ = ['sample', example('homeowners'), '--count', '3', '--seed', '9'];
    const [first, second] = [await fieldwriter(arguments_), await fieldwriter(arguments_)];
    expect(first.out).toBe(second.out);
    const lines = first.out.trim().split('\n');
    expect(lines.length).toBe(3);
    const quoted = await fieldwriter(['quote', example('homeowners'), '-'], lines[0]);
    expect([quoted.code, quoted.err]).toEqual([0, '']);
  });

  it('sample: a reader that has read enough (`| head`) is no error', async () => {
    const arguments_ = ['sample', example('homeowners'), '--count', '3000'];
    const child = spawn(process.execPath, [path.join(ROOT, 'bin/fieldwriter.mjs'), ...arguments_], { cwd: home });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, err]).toEqual([0, '']);
  });

  it('test: 0 when the cases pass; 1 with the difference and the worksheet that led to it', async () => {
    expect((await fieldwriter(['test', example('personal-auto')])).code).toBe(0);
    const folder = path.join(home, 'copy');
    await copyExample('personal-auto', folder, 'golden-new-business', (text) => text.replace('"119.00"', '"118.99"'));
    const run = await fieldwriter(['test', folder, '--json']);
    expect(run.code).toBe(1);
    const failed = (
      JSON.parse(run.out).cases as { passed: boolean; differences: object[]; worksheet: string[] }[]
    ).filter(({ passed }) => !passed);
    expect(failed.map(({ differences }) => differences)).toEqual([
      [expect.objectContaining({ what: 'premium of collision', expected: '118.99', actual: '119.00' })],
    ]);
    expect(failed[0]?.worksheet.join('\n')).toMatch(/collision[\s\S]*set_year_premium/);
  });

  it('test: a misspelt expectation does not pass', async () => {
    const folder = path.join(home, 'misspelt');
    await copyExample('personal-auto', folder, 'reject-exotic', (text) => text.replace('"decision"', '"descision"'));
    const run = await fieldwriter(['test', folder]);
    expect([run.code, run.out]).toEqual([1, expect.stringContaining('descision')]);
  });

  it('plugin: result, log and time; a plugin that throws is exit code 1', async () => {
    const payload = path.join(home, 'payload.json');
    writeFileSync(payload, '{}');
    const arguments_ = ['plugin', example('commercial-property'), 'commercial-property'];
    const failed = await fieldwriter([...arguments_, 'getPerilRates', payload]);
    expect([failed.code, problem(failed).code]).toEqual([1, 'plugin-failed']);
    const unknown = await fieldwriter([...arguments_, 'getNothing', payload]);
    expect(problem(unknown).detail).toContain('getPerilRates');
  });

  it('verify, backup, restore: a data folder goes round and stays sound', async () => {
    const nothing = await fieldwriter(['verify', '--data', path.join(home, 'nothing')]);
    expect([nothing.code, existsSync(path.join(home, 'nothing'))]).toEqual([1, false]);
    const data = path.join(home, 'data');
    const served = spawnServe(data);
    const { address, token } = await served.ready;
    await fetch(`${address}/policyholder/create`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: '{"values":{"name":"Ada"}}',
    });
    // Another process must not write beside it, and says why.
    const locked = await fieldwriter(['backup', path.join(home, 'backup'), '--data', data]);
    expect([locked.code, problem(locked).code]).toEqual([1, 'store-locked']);
    expect(await served.stop()).toBe(0);
    expect((await fieldwriter(['backup', path.join(home, 'backup'), '--data', data])).code).toBe(0);
    const restored = path.join(home, 'restored');
    expect((await fieldwriter(['restore', path.join(home, 'backup'), '--data', restored])).code).toBe(0);
    const report = await fieldwriter(['verify', '--data', restored, '--json']);
    expect(JSON.parse(report.out)).toMatchObject({ ok: true, faults: [] });
    expect((await fieldwriter(['restore', path.join(home, 'backup'), '--data', restored])).code).toBe(1);
  });
});

async function copyExample(name: string, to: string, caseName: string, edit: (text: string) => string): Promise<void> {
  const { cp, readFile, writeFile } = await import('node:fs/promises');
  await cp(example(name), to, { recursive: true });
  const file = path.join(to, 'products', name, 'tests', `${caseName}.case.json`);
  await writeFile(file, edit(await readFile(file, 'utf8')));
}

function spawnServe(data: string) {
  const child = spawn(
    process.execPath,
    [
      path.join(ROOT, 'bin/fieldwriter.mjs'),
      'serve',
      '--data',
      data,
      '--configuration',
      example('personal-auto'),
      '--user',
      'Ada',
      '--json',
    ],
    { env: { ...process.env, XDG_CONFIG_HOME: path.join(home, 'config') }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    ready: new Promise<{ address: string; token: string }>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString())));
      void ended.then(() => reject(new Error('serve ended')));
    }),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
