import { homedir } from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import { Problem } from '#core/model/problem.ts';
import { backupCommands } from './backup/commands.ts';
import { bucketIn } from './blob-bucket.ts';
import { startEmbedded } from './database/embedded.ts';
import { adminToken, openFolder, ownFolder } from './folder.ts';
import { type AdminFlags, jobCommands } from './jobs/commands.ts';
import { openCloud } from './open-cloud.ts';
import { serveCloud } from './serve.ts';

interface ServeFlags {
  readonly folder: string;
  readonly host: string;
  readonly port: string;
  readonly graceful: string;
  readonly jobs: 'on' | 'off';
  readonly backups?: string;
}

const NEEDED = 24;
/** Of root, whose home nobody else may enter, where services keep their data: PostgreSQL runs as another user there. */
const FOLDER = process.getuid?.() === 0 ? '/var/lib/fieldwriter-cloud' : path.join(homedir(), '.fieldwriter-cloud');
const PORT = '4801';

/** `npm run cloud`: serves a copy of the cloud, and asks a running one as its administrator. */
async function main(): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < NEEDED)
    throw new Error(
      `The cloud needs Node ${NEEDED} and found ${process.version}: start it with "npm run cloud" after "npm ci".`,
    );
  const program = new Command('cloud')
    .description('The cloud API that workbenches replicate with')
    .showHelpAfterError();
  program
    .command('serve', { isDefault: true })
    .description('serve a copy; without DATABASE_URL over a PostgreSQL of its own in the folder')
    .option('--folder <folder>', "database, blobs, key and administrator's token", FOLDER)
    .option('--host <address>', 'interface to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', PORT)
    .option('--graceful <ms>', 'how long it says "not ready" before it stops listening', '0')
    .addOption(
      new Option('--jobs <on|off>', 'whether it runs background jobs; one copy at least should')
        .choices(['on', 'off'])
        .default('on'),
    )
    .option(
      '--backups <folder>',
      "folder of the daily backups; beside the folder where the database is the cloud's own, otherwise none without it",
      process.env.FIELDWRITER_CLOUD_BACKUPS,
    )
    .action(serve);
  backupCommands(program, FOLDER);
  const admin = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option(
        '--folder <folder>',
        "where the administrator's token lies, unless FIELDWRITER_CLOUD_ADMIN has it",
        FOLDER,
      )
      .option('--address <url>', 'a running copy', `http://127.0.0.1:${PORT}`);
  const tenants = '/v1/admin/tenants';
  admin('tenant <name>', 'make a tenant').action((name: string, flags: AdminFlags) =>
    ask(flags, 'POST', tenants, { name }),
  );
  admin('upkeep', 'when a backup was last made and tried out, and how that went').action((flags: AdminFlags) =>
    ask(flags, 'GET', '/v1/admin/upkeep'),
  );
  admin('tenants', 'list the tenants').action((flags: AdminFlags) => ask(flags, 'GET', tenants));
  admin('code <tenant>', 'make a code that enrols one device, once')
    .option('--user <id...>', 'who may use the device; anybody when absent')
    .option('--minutes <number>', 'how long it is good', '1440')
    .action((tenant: string, flags: AdminFlags & { user?: string[]; minutes: string }) =>
      ask(flags, 'POST', `${tenants}/${encodeURIComponent(tenant)}/codes`, {
        ...(flags.user && { users: flags.user }),
        minutes: Number(flags.minutes),
      }),
    );
  admin('devices <tenant>', 'list the devices of a tenant').action((tenant: string, flags: AdminFlags) =>
    ask(flags, 'GET', `${tenants}/${encodeURIComponent(tenant)}/devices`),
  );
  for (const [what, description] of [
    ['revoke', 'turn a device away from now on'],
    ['wipe', 'turn a device away and have it throw the key of its store away'],
  ] as const)
    admin(`${what} <tenant> <device>`, description).action((tenant: string, device: string, flags: AdminFlags) =>
      ask(flags, 'POST', `${tenants}/${encodeURIComponent(tenant)}/devices/${encodeURIComponent(device)}/${what}`, {}),
    );
  const codes = (tenant: string): string => `${tenants}/${encodeURIComponent(tenant)}/git-codes`;
  admin('git-code <tenant> <holder>', 'make a personal code that opens the repository of configurations to Git')
    .option('--writes', 'branches and releases may be pushed with it')
    .option('--days <number>', 'how long it is good', '90')
    .action((tenant: string, holder: string, flags: AdminFlags & { writes?: boolean; days: string }) =>
      ask(flags, 'POST', codes(tenant), { holder, writes: flags.writes ?? false, days: Number(flags.days) }),
    );
  admin('git-codes <tenant>', 'list the personal codes for Git').action((tenant: string, flags: AdminFlags) =>
    ask(flags, 'GET', codes(tenant)),
  );
  admin('git-revoke <tenant> <id>', 'turn a personal code for Git away from now on').action(
    (tenant: string, id: string, flags: AdminFlags) =>
      ask(flags, 'POST', `${codes(tenant)}/${encodeURIComponent(id)}/revoke`, {}),
  );
  jobCommands(admin, (flags, method, place, body) => ask(flags, method, `${tenants}/${place}`, body));
  await program.parseAsync();
}

async function serve({ folder, host, port, graceful, jobs, backups }: ServeFlags): Promise<void> {
  const given = process.env.DATABASE_URL;
  const own = openFolder(folder, process.env);
  const release = given === undefined ? ownFolder(folder) : () => undefined;
  const embedded = given === undefined ? await startEmbedded({ folder }) : undefined;
  const databaseUrl = given ?? embedded?.url ?? '';
  try {
    const cloud = await openCloud({
      databaseUrl,
      key: own.key,
      folder,
      bucket: bucketIn(process.env),
      adminToken: own.adminToken,
      jobs: jobs === 'on',
      backups: backups ?? (embedded && `${path.resolve(folder)}-backups`),
      mailServer: process.env.FIELDWRITER_CLOUD_SMTP,
    });
    const served = await serveCloud(cloud, { host, port: wholeNumber(port), graceful: wholeNumber(graceful) });
    process.stderr.write(`${greeting(served.address, embedded?.url, folder)}\n`);
    await signalled();
    await served.close();
  } finally {
    await embedded?.stop();
    release();
  }
}

function greeting(address: string, databaseUrl: string | undefined, folder: string): string {
  const more = address.endsWith(`:${PORT}`) ? '' : ` --address ${address}`;
  const place = folder === FOLDER ? '' : ` --folder ${folder}`;
  return [
    `The cloud listens on ${address}`,
    `  a tenant:        npm run cloud -- tenant "My company"${more}${place}`,
    `  a device's code: npm run cloud -- code TENANT${more}${place}`,
    ...(databaseUrl ? [`  another copy:    DATABASE_URL=${databaseUrl} npm run cloud -- --port 4802${place}`] : []),
  ].join('\n');
}

/** The first signal ends it in order; a second one at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
  });
}

async function ask({ folder, address }: AdminFlags, method: string, place: string, body?: object): Promise<void> {
  const headers = { authorization: `Bearer ${adminToken(folder, process.env)}`, 'content-type': 'application/json' };
  const response = await fetch(`${address}${place}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const answer = (await response.json()) as { message?: string };
  if (!response.ok) throw new Error(answer.message ?? `The cloud answered ${response.status}.`);
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Problem('malformed-request', `"${text}" is no whole number.`);
  return Number(text);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
