import { type Desk, findAll, type Typed } from '#core/desk/desk.ts';
import { PROJECTIONS_VERSION } from '#core/store/members.ts';
import { environmentOf } from './environment.ts';
import type { KeptLine } from './kept-log.ts';

export interface BundleSources {
  readonly folder: string;
  readonly environment: string;
  readonly lines: readonly KeptLine[];
  /** By endpoint, e.g. `GET /policy/:locator`; milliseconds. */
  readonly timings: Readonly<Record<string, { readonly count: number; readonly mean: number; readonly most: number }>>;
}

/**
 * What helps to find out what is wrong with a workbench and says nothing about anybody: built from counts, versions and codes
 * only. No field value, no text that somebody typed, no secret, no path of this machine and no locator comes near it.
 */
export async function supportBundle(desk: Desk, sources: BundleSources) {
  const { folder: _f, device: _d, products: _p, ...environment } = await environmentOf(desk, sources.folder);
  const { records, migrations } = desk.store.describe();
  return {
    format: 'fieldwriter-support-1',
    made: new Date(desk.now()).toISOString(),
    environment: { name: sources.environment, ...environment },
    store: { migrations, projections: PROJECTIONS_VERSION, records },
    configurations: configurations(desk),
    jobs: jobs(desk),
    rerates: rerates(desk),
    integrations: integrations(desk),
    printer: desk.printerStatus().available ? 'available' : 'not available',
    timings: sources.timings,
    log: sources.lines,
  };
}

/** Names are those of the product, not of anybody; a hash tells whether two machines have the same. */
function configurations(desk: Desk) {
  return desk.configurations.list().map(({ configVersion, hash, deployedAt, products }) => ({
    configVersion,
    hash,
    deployed: new Date(deployedAt).toISOString(),
    products: products.map(({ name, errors, warnings }) => ({ name, errors, warnings })),
  }));
}

/** How many of the last are looked at: a large book has a job for every quote. */
const LAST_JOBS = 5_000;

/** How many wait, and the codes of documents that could not be made lately. */
function jobs(desk: Desk) {
  const failures = (
    desk.store.list('job', { newestFirst: true, limit: LAST_JOBS }) as unknown as readonly Typed<'job'>[]
  ).flatMap(({ record }) => record.failures);
  return {
    pending: findAll(desk, 'job', 'state', 'pending').length,
    failed: counted(failures.map(({ code }) => code)),
  };
}

function rerates(desk: Desk) {
  return counted(
    (desk.store.list('rerate') as unknown as readonly Typed<'rerate'>[]).map(({ record }) => record.state),
  );
}

/** By kind: a name or an address may give a customer away. */
function integrations(desk: Desk) {
  const list = desk.store.list('integration') as unknown as readonly Typed<'integration'>[];
  const exchanges = desk.store.list('exchange', {
    newestFirst: true,
    limit: 500,
  }) as unknown as readonly Typed<'exchange'>[];
  return {
    registered: counted(list.map(({ record }) => record.type)),
    lastExchanges: counted(exchanges.map(({ record }) => record.problem?.code ?? 'answered')),
  };
}

function counted(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
