import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Caller } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { OpenDesk } from '#core/policy/open-desk.ts';
import type { JobControl } from '../job-contract.ts';
import type { CaseReader } from '../tests/contract.ts';
import { cloneInto } from './clone.ts';
import type { Cloned, EnvironmentKind, PromotionPlan } from './contract.ts';
import { listEnvironments, readEnvironment, writeEnvironment } from './environment-file.ts';
import { ownTests } from './own-tests.ts';
import { planImpact } from './plan-impact.ts';
import { planPromotion, promote } from './promote.ts';

/** The environment in use, and the way into those beside it: each is opened with its own key, and closed again (EN8). */
export interface Here {
  readonly desk: OpenDesk;
  readonly folder: string;
  /** Opens another data folder, makes a new one. Throws `store-locked` while another Fieldwriter has it, `wrong-key`. */
  readonly open: (folder: string) => Promise<OpenDesk>;
  /** Reads test cases as the API does. */
  readonly reader: (timeZone: string) => CaseReader;
}

/**
 * Makes an environment beside this one: its versions, and a masked sample of its book (EN2, EN3). What was begun is removed when it
 * is ended or fails. @param wanted.name of the new folder, and of the environment; @param wanted.seed by default random and kept by nobody
 * Throws `wrong-state` for a folder that is there, `malformed-request` for a name that no folder has everywhere.
 */
export async function cloneHere(
  here: Here,
  caller: Caller,
  wanted: {
    readonly kind: EnvironmentKind;
    readonly name: string;
    readonly policies: number;
    readonly seed?: string | undefined;
  },
  control: JobControl,
): Promise<Cloned & { readonly folder: string }> {
  const { kind, name, policies } = wanted;
  if (!/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,58}[A-Za-z0-9]$/.test(name))
    throw new Problem('malformed-request', 'A name is two to sixty letters, digits, blanks, ".", "_" and "-".', {
      place: { field: 'name' },
    });
  const folder = path.join(path.dirname(path.resolve(here.folder)), name);
  if (existsSync(folder))
    throw new Problem('wrong-state', `There is a folder ${folder} already: choose another name.`, {
      place: { field: 'name', file: folder },
    });
  control.phase('versions');
  try {
    const to = await here.open(folder);
    try {
      const seed = wanted.seed ?? randomBytes(16).toString('hex');
      const from = { desk: here.desk, folder: here.folder };
      const cloned = await cloneInto(from, { desk: to, folder }, caller, { policies, seed }, control);
      const { name: clonedFrom } = await readEnvironment(here.folder);
      await writeEnvironment(folder, { kind, name, clonedAt: here.desk.now(), clonedFrom });
      return { folder, ...cloned };
    } finally {
      await to.close();
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Which version is to go where: `folder` is that of an environment beside this one. */
export interface Promoting {
  readonly product: string;
  readonly ref: string;
  readonly folder: string;
}

/** Says what promoting would change there, with tests and impact (EN4). Throws `not-found`, and what opening throws. */
export function planThere(here: Here, promoting: Promoting, control: JobControl): Promise<PromotionPlan> {
  return there(here, promoting, async (to) => (await planned(here, to, promoting, control, true)).plan);
}

/**
 * Promotes what was planned, with the tests once more. @param given.seen what the plan said: `version-conflict` when either side
 * changed since. Throws as `promote`.
 */
export function promoteThere(
  here: Here,
  caller: Caller,
  promoting: Promoting,
  given: { readonly message: string; readonly seen: { readonly hash: string; readonly onto: string | null } },
  control: JobControl,
): Promise<{ readonly configVersion: number } | { readonly waiting: string }> {
  return there(here, promoting, async (to) => {
    const plan = await planned(here, to, promoting, control, false);
    const { from, onto } = plan.plan;
    if (from.hash !== given.seen.hash || (onto?.hash ?? null) !== given.seen.onto)
      throw new Problem('version-conflict', 'A version was deployed since you looked at the plan: look at it again.');
    control.signal.throwIfAborted();
    control.phase('deploying');
    const done = await promote(to, caller, plan, given.message);
    return 'deployed' in done ? { configVersion: done.deployed.configVersion } : { waiting: done.waiting.locator };
  });
}

function planned(here: Here, to: OpenDesk, { product, ref }: Promoting, control: JobControl, withImpact: boolean) {
  return planPromotion(here.desk, to, product, ref, {
    tests(configuration, name) {
      control.phase('tests');
      return ownTests(configuration, name, { sandbox: here.desk.sandbox, reader: here.reader }, control);
    },
    ...(withImpact
      ? {
          impact(name, sides) {
            control.phase('impact');
            return planImpact(to, name, sides, control);
          },
        }
      : {}),
  });
}

async function there<T>(here: Here, { folder }: Promoting, work: (to: OpenDesk) => Promise<T>): Promise<T> {
  const wanted = path.resolve(folder);
  const known = (await listEnvironments(here.folder)).find((one) => path.resolve(one.folder) === wanted);
  if (!known || wanted === path.resolve(here.folder))
    throw new Problem('not-found', `${folder} is no other environment beside this one.`, {
      place: { field: 'folder' },
    });
  const to = await here.open(wanted);
  try {
    return await work(to);
  } finally {
    await to.close();
  }
}
