import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Caller } from '#core/desk/desk.ts';
import { cloneInto } from '#core/lab/environments/clone.ts';
import {
  ENVIRONMENTS,
  type EnvironmentKind,
  listEnvironments,
  readEnvironment,
  writeEnvironment,
} from '#core/lab/environments/environment-file.ts';
import {
  approvePromotion,
  demandSecondPerson,
  type PromotionPlan,
  planPromotion,
  promote as promoteTo,
  promotionsOf,
} from '#core/lab/environments/promote.ts';
import type { TestResult } from '#core/lab/tests/contract.ts';
import { testsOf } from '#core/lab/tests/find-tests.ts';
import { runTest } from '#core/lab/tests/run-tests.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import { openThrowawayDesk } from '#core/policy/throwaway.ts';
import { localUser } from '#core/policy/users.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { loadKey } from '#core/store/key.ts';
import { dataFolder } from './folders.ts';
import { printJson, printProblem } from './output.ts';
import { benchOf } from './test-cases.ts';
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
      const planned = await planPromotion(from, to, product, options.ref, ownTests);
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

/** The product's own tests, in a store that is thrown away. */
async function ownTests(configuration: Configuration, name: string): Promise<readonly TestResult[]> {
  const product = configuration.products.find((one) => one.name === name);
  const tests = product ? testsOf(configuration, product) : [];
  if (tests.length === 0) return [];
  const workbench = await openThrowawayDesk(configuration, { documents: 'later' });
  try {
    const bench = await benchOf(workbench, configuration, name);
    const results: TestResult[] = [];
    for (const test of tests) results.push(await runTest(bench, test));
    return results;
  } finally {
    await workbench.close();
  }
}

function words({ product, files, documents, errors, tests, secondPerson, onto }: PromotionPlan): readonly string[] {
  return [
    onto ? `${product} replaces version ${onto.configVersion} there.` : `${product} is new there.`,
    ...(files.length === 0 ? ['No file differs.'] : []),
    ...files.flatMap(({ path: file, kind, table }) => [
      `${kind} ${file}`,
      ...(table?.words ?? []).map((line) => `  ${line}`),
    ]),
    ...(documents.length > 0 ? [`Documents that change: ${documents.join(', ')}`] : []),
    ...errors.map(({ file, line, message }) => `error ${file}:${line} ${message}`),
    `Tests: ${tests.passed} passed, ${tests.failed.length} failed`,
    ...tests.failed.map(({ name, why }) => `  ${name}: ${why}`),
    ...(secondPerson ? ['A second person must approve it.'] : []),
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
