import path from 'node:path';
import type { Session } from '#core/api/contract.ts';
import { openWorkbench, type Workbench } from '#core/api/open-workbench.ts';
import { EXAMPLES_FOLDER } from '#core/api/paths.ts';
import { serveWorkbench } from '#core/api/serve.ts';
import { readEnvironment } from '#core/lab/environments/environment-file.ts';
import { Problem } from '#core/model/problem.ts';
import { deployConfiguration } from '#core/policy/deploy.ts';
import { chooseUser, localUser } from '#core/policy/users.ts';
import { checkConfiguration } from '#core/product/check.ts';
import { loadKey } from '#core/store/key.ts';
import { throwKeyAway } from '#core/store/wipe.ts';
import { dataFolder } from './folders.ts';
import { openLog } from './log.ts';
import { printProblem } from './output.ts';
import { sayRepaired } from './repair.ts';
import { configurationAt } from './source.ts';

export interface ServeOptions {
  readonly data?: string;
  readonly configuration?: string;
  readonly port?: number;
  readonly user?: string;
  readonly json?: boolean;
}

/**
 * `fieldwriter serve`: the workbench over HTTP on the loopback interface until it is told to stop. Prints an address with a
 * one-time token for the browser, and the access token for scripts.
 */
export async function serve(options: ServeOptions): Promise<number> {
  const log = await openLog();
  let workbench: Workbench | undefined;
  try {
    const folder = dataFolder(options.data);
    const opened = await openWorkbench({
      folder,
      key: loadKey(process.env, folder),
      log,
      environment: await environmentAt(folder),
      keyOf: async (other) => loadKey(process.env, other),
      replication: { wipe: () => wipe(folder) },
      ...(process.env.FIELDWRITER_TOKEN ? { token: process.env.FIELDWRITER_TOKEN } : {}),
    });
    workbench = opened;
    if (opened.repaired) sayRepaired(opened.desk.store);
    if (options.user !== undefined) chooseUser(opened.desk, options.user);
    if (options.configuration !== undefined) await deployFrom(opened, options.configuration);
    const served = await serveWorkbench(opened, { port: options.port ?? 0 });
    announce(served.address, opened, options.json === true);
    await untilStopped();
    await served.close();
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await workbench?.close();
  }
}

/** The cloud ordered that this data is thrown away: its key goes first, and what is open is closed. */
async function wipe(folder: string): Promise<void> {
  try {
    await throwKeyAway(process.env, folder);
  } finally {
    process.kill(process.pid, 'SIGTERM');
  }
}

/** Deploys a configuration of the command line, judged like any other unless it is an example that comes along; what is wrong in it is counted on standard error. */
export async function deployFrom(workbench: Workbench, source: string): Promise<void> {
  const loaded = await configurationAt(source);
  const configuration = { ...loaded, diagnostics: checkConfiguration(loaded) };
  const actor = localUser(workbench.desk) ?? { user: 'command-line', name: 'Command line' };
  const record = await deployConfiguration(workbench.desk, { actor }, configuration, {
    despiteErrors: true,
    judged: path.dirname(path.resolve(source)) === EXAMPLES_FOLDER,
  });
  const errors = configuration.diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0)
    process.stderr.write(
      `${errors} error(s) in ${source}: the products concerned refuse to work, \`fieldwriter check\` lists them.\n`,
    );
  process.stderr.write(
    `Configuration version ${record.configVersion}: ${record.products.map(({ name }) => name).join(', ')}\n`,
  );
}

function announce(address: string, { access }: Workbench, json: boolean): void {
  const open = `${address}/?token=${access.issueOneTimeToken()}`;
  if (json) process.stdout.write(`${JSON.stringify({ address, open, token: access.token })}\n`);
  else
    process.stdout.write(
      `Fieldwriter is at ${open}\n(the address works once; scripts send "Authorization: Bearer ${access.token}" to ${address})\n`,
    );
}

/** `FIELDWRITER_ENVIRONMENT`, else what the data folder says it is. Throws `malformed-request` for another word. */
export async function environmentAt(folder: string): Promise<Session['environment']> {
  const given = process.env.FIELDWRITER_ENVIRONMENT;
  if (given === undefined || given === '') return (await readEnvironment(folder)).kind;
  if (given === 'development' || given === 'staging' || given === 'production') return given;
  throw new Problem(
    'malformed-request',
    `FIELDWRITER_ENVIRONMENT is development, staging or production, not "${given}".`,
  );
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
