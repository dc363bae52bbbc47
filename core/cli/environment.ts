import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { caseReader } from '#core/api/case-reader.ts';
import type { Caller } from '#core/desk/desk.ts';
import { cloneInto } from '#core/lab/environments/clone.ts';
import { ENVIRONMENTS, type EnvironmentKind, type PromotionPlan } from '#core/lab/environments/contract.ts';
import { listEnvironments, readEnvironment, writeEnvironment } from '#core/lab/environments/environment-file.ts';
import { ownTests } from '#core/lab/environments/own-tests.ts';
import { planImpact } from '#core/lab/environments/plan-impact.ts';
import {
  approvePromotion,
  demandSecondPerson,
  planPromotion,
  promote as promoteTo,
  promotionsOf,
} from '#core/lab/environments/promote.ts';
import type { JobControl } from '#core/lab/job-contract.ts';
import { Problem } from '#core/model/problem.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import { localUser } from '#core/policy/users.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { loadKey } from '#core/store/key.ts';
import { dataFolder } from './folders.ts';
import { printJson, printProblem, progress } from './output.ts';
import { withDesk } from './with-desk.ts';

interface Options {
  readonly data?: string;
  readonly json?: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `fieldwriter environment list`: the data folders beside this one, and how to open each. @returns the exit code */
export async function list(options: Options): Promise<number> {
  try {
    const found = await listEnvironments(dataFolder(options.data));
    if (options.json) printJson(found);
    else
      for (const { kind, name, folder, clonedFrom } of found)
        say(
          `${kind.padEnd(12)} ${name}${clonedFrom === undefined ? '' : ` (from ${clonedFrom})`}\n             fieldwriter serve --data ${folder}`,
        );
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  }
}

/** `fieldwriter environment clone <kind> <folder>`: a new environment with a masked sample of this one's book. */
export function clone(
  kind: string,
  target: string,
  options: Options & { readonly policies: number; readonly seed?: string; readonly name?: string },
): Promise<number> {
  return withDesk(options.data, async (from) => {
    const known = kindOf(kind);
    const folder = path.resolve(target);
    if (existsSync(path.join(folder, STORE_FILES.database)))
      throw new Problem('wrong-state', `${folder} holds data already: name a new folder.`, { place: { file: folder } });
    const source = dataFolder(options.data);
    const to = openDesk({ folder, key: loadKey(process.env, folder), documents: 'later' });
    try {
      // Nobody needs to know it afterwards, and who knows it could try names out.
      const seed = options.seed ?? randomBytes(16).toString('hex');
      const cloned = await cloneInto({ desk: from, folder: source }, { desk: to, folder }, callerOf(from, undefined), {
        policies: options.policies,
        seed,
      });
      const { name } = await readEnvironment(source);
      await writeEnvironment(folder, {
        kind: known,
        name: options.name ?? known,
        clonedAt: Date.now(),
        clonedFrom: name,
      });
      if (options.json) printJson({ folder, ...cloned });
      else
        say(
          `${known}: ${cloned.versions} versions and ${cloned.policies} of ${cloned.of} policies, personal data replaced.\nOpen it with: fieldwriter serve --data ${folder}`,
        );
      return 0;
    } finally {
      await to.close();
    }
  });
}

/** `fieldwriter environment promote <product> <target>`: shows what would change there; with `--yes` it does it. */
export function promote(
  product: string,
  target: string,
  options: Options & {
    readonly ref: string;
    readonly yes?: boolean;
    readonly message?: string;
    readonly user?: string;
  },
): Promise<number> {
  return withDesk(options.data, (from) =>
    withDesk(target, async (to) => {
      const planned = await planPromotion(from, to, product, options.ref, {
        tests: (configuration, name) => ownTests(configuration, name, { reader: caseReader }),
        async impact(name, sides) {
          let bar: ReturnType<typeof progress> | undefined;
          const onProgress: JobControl['onProgress'] = ({ done, total }) => {
            bar ??= progress(total, 'Rating the book there');
            bar.step(done);
          };
          const rated = await planImpact(to, name, sides, { onProgress });
          bar?.end();
          return rated;
        },
      });
      if (options.json && !options.yes) printJson(planned.plan);
      else if (!options.json) for (const line of words(planned.plan)) say(line);
      if (!options.yes) return planned.plan.tests.failed.length + planned.plan.errors.length > 0 ? 1 : 0;
      const { name } = await readEnvironment(dataFolder(options.data));
      const message = options.message ?? `Promote ${product} from ${name}`;
      const done = await promoteTo(to, callerOf(from, options.user), planned, message);
      if (options.json) printJson(done);
      else if ('deployed' in done) say(`Deployed there as version ${done.deployed.configVersion}.`);
      else
        say(
          `It waits for a second person: fieldwriter environment approve ${done.waiting.locator} --data ${target} --user NAME`,
        );
      return 0;
    }),
  );
}

/** `fieldwriter environment approve <promotion>`: the second person's part; without one, those that wait are listed. */
export function approve(locator: string | undefined, options: Options & { readonly user?: string }): Promise<number> {
  return withDesk(options.data, async (desk) => {
    if (locator === undefined) {
      const { pending } = promotionsOf(desk);
      if (options.json) printJson(pending);
      else for (const one of pending) say(`${one.locator}  ${one.product}  ${one.byName}: ${one.message}`);
      return 0;
    }
    const record = await approvePromotion(desk, callerOf(desk, options.user), locator);
    say(`Deployed as version ${record.configVersion}: ${record.message ?? ''}`);
    return 0;
  });
}

/** `fieldwriter environment rule --second-person yes|no`. */
export function rule(options: Options & { readonly secondPerson: boolean; readonly user?: string }): Promise<number> {
  return withDesk(options.data, async (desk) => {
    demandSecondPerson(desk, callerOf(desk, options.user), options.secondPerson);
    say(
      options.secondPerson
        ? 'Promotions to here wait for a second person.'
        : 'Promotions to here are deployed at once.',
    );
    return 0;
  });
}

function words({
  product,
  files,
  documents,
  errors,
  tests,
  impact,
  secondPerson,
  onto,
}: PromotionPlan): readonly string[] {
  return [
    onto ? `${product} replaces version ${onto.configVersion} there.` : `${product} is new there.`,
    ...(files.length === 0 ? ['No file differs.'] : []),
    ...files.flatMap(({ path: file, kind, table }) => [
      `${kind} ${file}`,
      ...(table?.words ?? []).map((line) => `  ${line}`),
    ]),
    ...(documents.length > 0
      ? [`Documents that change: ${documents.map(({ name, kind }) => `${name} (${kind})`).join(', ')}`]
      : []),
    ...errors.map(({ file, line, message }) => `error ${file}:${line} ${message}`),
    `Tests: ${tests.passed} passed, ${tests.failed.length} failed`,
    ...tests.failed.map(({ name, why }) => `  ${name}: ${why}`),
    ...impactWords(impact),
    ...(secondPerson ? ['A second person must approve it.'] : []),
  ];
}

function impactWords(impact: PromotionPlan['impact']): readonly string[] {
  if (!impact) return [];
  if (impact.state === 'left-out') return [`Impact: ${impact.why}`];
  const { book, whole, currency, winners, losers, failures } = impact;
  const percent = (text: string | null): string =>
    text === null ? '' : ` (${text.startsWith('-') ? '' : '+'}${text} %)`;
  const mover = ({ key, before, after, percent: moved }: (typeof winners)[number]): string =>
    `${key} ${before} → ${after}${percent(moved)}`;
  return [
    `Impact on ${book.title}, ${whole.count} compared: ${whole.before} → ${whole.after} ${currency}${percent(whole.percent)}`,
    ...(winners[0] ? [`  largest fall: ${mover(winners[0])}`] : []),
    ...(losers[0] ? [`  largest rise: ${mover(losers[0])}`] : []),
    ...(failures.count > 0
      ? [
          `  ${failures.count} not compared, first ${failures.first[0]?.key}: ${failures.first[0]?.after ?? failures.first[0]?.before}`,
        ]
      : []),
  ];
}

function kindOf(given: string): EnvironmentKind {
  const known = ENVIRONMENTS.find((kind) => kind === given);
  if (known) return known;
  throw new Problem('malformed-request', `An environment is ${ENVIRONMENTS.join(', ')}, not "${given}".`);
}

/** @param name who says so on the command line; default who works in that store */
function callerOf(desk: OpenDesk, name: string | undefined): Caller {
  if (name !== undefined) return { actor: { user: `command-line ${name}`, name } };
  return { actor: localUser(desk) ?? { user: 'command-line', name: 'Command line' } };
}
