import { linesOf } from '#core/lab/rating/book-lines.ts';
import type { RatingProgram } from '#core/lab/rating/contract.ts';
import { openRatingEngine } from '#core/lab/rating/engine.ts';
import { openResidentBook } from '#core/lab/rating/resident.ts';
import { rateBook } from '#core/lab/rating/run.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import type { Bench, Line } from './bench.ts';
import { figure, inTurn } from './measure.ts';
import { besidePeers } from './peers.ts';
import {
  configurationOf,
  makeWorkload,
  requestOf,
  type Workload,
  type WorkloadPolicy,
  workloadFolder,
} from './workload.ts';

const ROUNDS = 5;
const CLOCK = Date.UTC(2026, 0, 2);

/** (j) A whole book: from its text, and resident after an edit, against native functions on the same policies. */
export const bookRating: Bench = {
  name: '(j) a book of personal auto, a rating plugin with 12 lookups a coverage',
  async run() {
    const folder = workloadFolder();
    if (folder === undefined)
      return [
        {
          what: 'left out: the workload is not here',
          value: '-',
          aim: 'FIELDWRITER_BENCH_WORKLOAD names the folder with workload.mjs and rater.cjs',
        },
      ];
    const workload = makeWorkload(folder);
    const configuration = await configurationOf(workload);
    const workbench = await openThrowawayDesk(configuration, { documents: 'later' });
    try {
      const program = { configuration, product: 'bench-auto', configVersion: 1, clock: CLOCK, seed: '1' };
      return [...(await fromText(workbench, workload, program)), ...(await resident(workbench, workload, program))];
    } finally {
      await workbench.close();
    }
  },
};

async function fromText(workbench: ThrowawayDesk, workload: Workload, program: RatingProgram): Promise<Line[]> {
  const { native, tables, lines } = workload;
  const rate = native.makeRater(native.indexMap(tables));
  const bytes = Buffer.from(
    lines.map((line) => JSON.stringify(requestOf(JSON.parse(line) as WorkloadPolicy))).join('\n'),
  );
  const cents = lines.map((line) => rate(JSON.parse(line) as WorkloadPolicy).total);
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
  };
  const byNative = (): void => {
    let sum = 0;
    for (const line of lines) sum += rate(JSON.parse(line) as WorkloadPolicy).total;
    if (sum === 0) throw new Error('nothing was rated');
  };
  const engines = [1, 2].map((workers) => openRatingEngine(workbench.desk, workers));
  try {
    const byUs = engines.map((engine, i) => {
      const { rate: batch, why } = engine.rater(program);
      if (why !== undefined) throw new Error(`The workload is rated one by one: ${why}`);
      return async (): Promise<string> => {
        let text = '';
        for await (const { rated } of rateBook(() => linesOf(chunks()), { rate: batch }, i + 2))
          text += `${rated.text}\n`;
        return text;
      };
    });
    for (const run of byUs) assertCents(await run(), cents);
    const [plain, one, two] = await inTurn(
      [byNative, ...byUs].map((work) => ({ units: lines.length, work })),
      ROUNDS,
    );
    const ratio = (of: number | undefined): number => (of ?? 0) / (plain ?? 1);
    const text = (bytes.length / lines.length / 1024).toFixed(1);
    return [
      {
        what: 'from text, one worker, in times of native',
        value: ratio(one).toFixed(2),
        aim: 'at least 0.5 (aim 0.8)',
        ok: ratio(one) >= 0.5,
      },
      {
        what: 'from text, two workers',
        value: ratio(two).toFixed(2),
        aim: 'at least 0.9 (aim 1.4)',
        ok: ratio(two) >= 0.9,
      },
      { what: 'policies a second, native JSON.parse + rating', value: figure(plain ?? 0) },
      { what: 'policies a second, one worker', value: figure(one ?? 0) },
      {
        what: `KB of a request (native: ${(Buffer.byteLength(lines.join('')) / lines.length / 1024).toFixed(1)})`,
        value: text,
      },
    ];
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

async function resident(workbench: ThrowawayDesk, workload: Workload, program: RatingProgram): Promise<Line[]> {
  const { native, tables, lines } = workload;
  const policies = lines.map((line) => JSON.parse(line) as WorkloadPolicy);
  const text = policies.map((policy) => JSON.stringify(requestOf(policy))).join('\n');
  const source = async function* () {
    yield* linesOf(
      (async function* () {
        yield Buffer.from(text);
      })(),
    );
  };
  const book = await openResidentBook(workbench.desk, source, {}, 1);
  try {
    let edits = 0;
    /** A cell of a table is edited before each run, on both sides. */
    const edited = () => {
      edits += 1;
      const credit = (tables.credit ?? []).map(([tier, factor], i) => [
        tier ?? '',
        Number(factor) + (i === 0 ? edits : 0),
      ]);
      const source = program.configuration.tables.credit;
      if (!source) throw new Error('no table credit');
      const rows = credit.map((row) => row.map(String));
      const configuration = {
        ...program.configuration,
        hash: `edit ${edits}`,
        tables: { ...program.configuration.tables, credit: { ...source, rows } },
      };
      return { tables: { ...tables, credit }, program: { ...program, configuration } };
    };
    const check = edited();
    const rate = native.makeRater(native.indexMap(check.tables));
    const rated = await book.rate(check.program);
    policies.forEach((policy, i) => {
      const { total } = rate(policy);
      if (rated.premium[i] !== total) throw new Error(`Policy ${i}: ${rated.premium[i]} cents, native ${total}`);
    });
    const byNative = (): void => {
      let sum = 0;
      for (const policy of policies) sum += rate(policy).total;
      if (sum === 0) throw new Error('nothing was rated');
    };
    const [plain, ours] = await inTurn(
      [byNative, async () => void (await book.rate(edited().program))].map((work) => ({ units: lines.length, work })),
      ROUNDS,
    );
    const ratio = (ours ?? 0) / (plain ?? 1);
    return [
      {
        what: 'resident, a table edited, in times of native',
        value: ratio.toFixed(2),
        aim: 'at least 0.6',
        ok: ratio >= 0.6,
      },
      { what: 'policies a second, native with objects at hand', value: figure(plain ?? 0) },
      { what: 'policies a second, resident, one worker', value: figure(ours ?? 0) },
      ...(await besidePeers(book, policies, workload, program)),
    ];
  } finally {
    await book.close();
  }
}

/** Premiums identical to the cent. */
function assertCents(text: string, cents: readonly number[]): void {
  const rated = text.trimEnd().split('\n');
  if (rated.length !== cents.length) throw new Error(`${rated.length} lines for ${cents.length} policies`);
  rated.forEach((line, i) => {
    const { premium, error } = JSON.parse(line) as { readonly premium?: string; readonly error?: object };
    if (Number(premium?.replace('.', '')) === cents[i]) return;
    throw new Error(`Policy ${i}: ${premium} (${JSON.stringify(error)}), native ${cents[i]} cents`);
  });
}
