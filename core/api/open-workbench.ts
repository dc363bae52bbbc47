import { randomUUID } from 'node:crypto';
import { bodyLimit } from 'hono/body-limit';
import { startRerates } from '#core/integrations/rerate-timer.ts';
import { secondOpinionJudge } from '#core/lab/second-opinion/gate.ts';
import { Problem, type ProblemCode } from '#core/model/problem.ts';
import { keptLog } from '#core/policy/admin/kept-log.ts';
import { startBilling } from '#core/policy/billing-run.ts';
import { resumeJobs } from '#core/policy/document-job.ts';
import { type DeskOptions, type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import { RERATE_COMMANDS } from '#core/policy/rerate-commands.ts';
import { visitingUser } from '#core/policy/users.ts';
import { openSecondEngine } from '#core/sandbox/second-engine.ts';
import { openSyncClient, type SyncOptions } from '#core/sync/client/client.ts';
import { startKeepingSafe } from '#core/tasks/keep-safe.ts';
import { withRepair } from '#core/tasks/with-repair.ts';
import { type Access, createAccess } from './access.ts';
import { caseReader } from './case-reader.ts';
import type { Session } from './contract.ts';
import { Door } from './door.ts';
import { guardAccess, guardOrigin, type Names, securityHeaders } from './guard.ts';
import { refuseUnknown } from './missing.ts';
import { openApiDocument } from './openapi.ts';
import { SCREENS_FOLDER } from './paths.ts';
import { problemDocument } from './problem-document.ts';
import { adminResources } from './resources/admin.ts';
import { attachmentResources } from './resources/attachments.ts';
import { billingResources } from './resources/billing.ts';
import { cancellationResources } from './resources/cancellations.ts';
import { claimResources } from './resources/claims.ts';
import { configurationResources } from './resources/configurations.ts';
import { departureResources } from './resources/departure.ts';
import { deskResources } from './resources/desk.ts';
import { explainResources } from './resources/explain.ts';
import { historyResources } from './resources/history.ts';
import { integrationResources, raterResources } from './resources/integrations.ts';
import { labEnvironmentResources } from './resources/lab-environments.ts';
import { labExperimentResources } from './resources/lab-experiments.ts';
import { labImpactResources } from './resources/lab-impact.ts';
import { labJobResources } from './resources/lab-jobs.ts';
import { labLogicResources } from './resources/lab-logic.ts';
import { labRatingResources } from './resources/lab-rating.ts';
import { labReceiptResources } from './resources/lab-receipts.ts';
import { labSecondOpinionResources } from './resources/lab-second-opinion.ts';
import { labTableResources } from './resources/lab-tables.ts';
import { labTestResources } from './resources/lab-tests.ts';
import { labVersionResources } from './resources/lab-versions.ts';
import { lambdaResources } from './resources/lambda.ts';
import { noteResources } from './resources/notes.ts';
import { policyResources } from './resources/policies.ts';
import { policyLifeResources } from './resources/policy-life.ts';
import { policyholderResources } from './resources/policyholders.ts';
import { productResources } from './resources/products.ts';
import { quoteResources } from './resources/quotes.ts';
import { repairResources } from './resources/repair.ts';
import { searchResources } from './resources/search.ts';
import { studioResources } from './resources/studio.ts';
import { departureReplication, syncResources } from './resources/sync.ts';
import { transactionResources } from './resources/transactions.ts';
import { workbenchResources } from './resources/workbench.ts';
import { Authenticate } from './schemas.ts';
import { mountScreens } from './screens.ts';

export interface WorkbenchOptions extends DeskOptions {
  /** The secret of this launch; default a random one. */
  readonly token?: string;
  /** Names under which it is reached; default the loopback interface's. */
  readonly names?: Names;
  readonly environment?: Session['environment'];
  /** Whether a file of this computer may be named by its path: in the desktop only. */
  readonly takesFiles?: boolean;
  /** The key of another data folder, made where the folder is new; absent: no other environment is opened from here. */
  readonly keyOf?: (folder: string) => Promise<Uint8Array>;
  /**
   * Whether a first version of a product has its second opinion too; default `judged`. `taken`: for a store whose products somebody
   * else judged, and that has to be there at once.
   */
  readonly firstVersions?: 'judged' | 'taken';
  /** How replication runs; by default as it does in the product, once the data folder has a cloud. */
  readonly replication?: SyncOptions;
  /** Folder of the built screens; default dist/renderer. */
  readonly screens?: string;
}
export interface Workbench {
  /** The one door: everything that anybody does is a Request, and is answered. */
  fetch(request: Request): Promise<Response>;
  readonly access: Access;
  readonly desk: OpenDesk;
  /** Whether its data was damaged and repaired when it was opened. */
  readonly repaired: boolean;
  close(): Promise<void>;
}

const LOOPBACK: Names = { hosts: ['127.0.0.1', 'localhost', '[::1]'], origins: [] };
/** Answers of the 500s that say nothing about this program: a rater that is away is kept in the audit. */
const NO_DEFECTS: ReadonlySet<string> = new Set<ProblemCode>(['not-implemented', 'rater-unavailable']);
const MOST_BODY = 1_024 * 1_024;
const MOST_UPLOAD = 64 * 1_024 * 1_024;

/**
 * Opens a workbench over a data folder: one function that answers Requests, mounted by the server, the desktop and the tests
 * alike. Documents that a killed process left undone are made in the background.
 * Throws `store-locked`, `wrong-key`, `store-damaged`, `store-from-the-future`, `disk-full`.
 */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const kept = keptLog(options.log ?? (() => {}), options.now ?? Date.now);
  // Starts no process before the first plugin is judged.
  const secondEngine = openSecondEngine();
  const judge = secondOpinionJudge(secondEngine);
  const { opened: desk, repaired } = await withRepair(
    { ...options, onDamage: (found) => kept.log('The data is damaged and is repaired', { found }) },
    () =>
      openDesk({
        ...options,
        log: kept.log,
        async judge(judging, before, next) {
          const isFirst = before.record.configVersion === 0;
          if (!isFirst || options.firstVersions !== 'taken') await judge(judging, before, next);
        },
      }),
  );
  const access = createAccess(options.token);
  const door = new Door(desk);
  const { app } = door;

  app.use(async (context, next) => {
    context.set('reference', randomUUID());
    await next();
  });
  app.use(securityHeaders());
  app.use(guardOrigin(options.names ?? LOOPBACK));
  app.use(guardAccess(access, isOpen));
  const small = bodyLimit({ maxSize: MOST_BODY, onError: () => refuseSize(MOST_BODY) });
  const large = bodyLimit({ maxSize: MOST_UPLOAD, onError: () => refuseSize(MOST_UPLOAD) });
  app.use((context, next) => (takesFiles(context.req.path) ? large : small)(context, next));
  mountPublic(door, access);
  policyholderResources(door);
  policyResources(door);
  quoteResources(door);
  transactionResources(door);
  cancellationResources(door);
  policyLifeResources(door);
  billingResources(door);
  attachmentResources(door);
  claimResources(door);
  configurationResources(door, options.takesFiles);
  // Before the registry: its paths name integrations, and `autofill` is none.
  lambdaResources(door);
  integrationResources(door);
  const rerating = startRerates(desk, RERATE_COMMANDS);
  raterResources(door, rerating);
  productResources(door);
  studioResources(door);
  labSecondOpinionResources(door, secondEngine);
  const labJobs = labJobResources(door);
  const { keyOf } = options;
  const atTime = options.now ? { now: options.now } : {};
  labEnvironmentResources(door, {
    folder: options.folder,
    jobs: labJobs,
    ...(keyOf
      ? {
          here: {
            desk,
            folder: options.folder,
            reader: caseReader,
            open: async (folder) =>
              openDesk({ ...atTime, folder, key: await keyOf(folder), documents: 'later', judge, log: kept.log }),
          },
        }
      : {}),
  });
  labExperimentResources(door, labJobs);
  labReceiptResources(door);
  labTableResources(door, () => {
    desk.sandbox.start?.();
    secondEngine.start?.();
  });
  labVersionResources(door);
  const labTests = labTestResources(door);
  labLogicResources(door);
  const impacts = labImpactResources(door, labJobs);
  const ratings = labRatingResources(door);
  noteResources(door);
  historyResources(door);
  explainResources(door);
  deskResources(door);
  searchResources(door);
  const sync = openSyncClient(desk, options.replication);
  syncResources(door, sync);
  departureResources(door, { folder: options.folder, replication: () => departureReplication(sync) });

  const resumed = resumeJobs(desk).catch((error: unknown) =>
    desk.log('Jobs could not be resumed', { error: String(error) }),
  );
  const billing = startBilling(desk, resumed);
  const environment = options.environment ?? 'production';
  const safe = startKeepingSafe(desk, options.folder, options.key);
  adminResources(door, { folder: options.folder, environment, kept, rerating, billing, safe });
  repairResources(door);
  workbenchResources(door, environment);
  app.get('/api/openapi.json', (context) => context.json(openApiDocument(door.specs)));
  mountScreens(app, options.screens ?? SCREENS_FOLDER, access);
  mountFailures(door, desk);

  return {
    fetch: async (request) => app.fetch(request),
    access,
    desk,
    repaired: repaired !== undefined,
    async close() {
      desk.hangUp();
      await sync.close();
      await labJobs.close();
      await impacts.close();
      await ratings.close();
      await rerating.close();
      await resumed;
      await billing.close();
      await safe.close();
      await Promise.all([labTests.close(), secondEngine.close()]);
      await desk.close();
    },
  };
}

/** What anybody on this machine may ask: signs of life, the way in, and the screens, which hold no secret. */
function isOpen(method: string, path: string): boolean {
  if (method === 'POST') return path === '/account/authenticate';
  if (method !== 'GET' && method !== 'HEAD') return false;
  return ['/', '/v1/ping', '/api/health'].includes(path) || /^\/(assets\/[\w.-]+|[\w-]+)\.\w+$/.test(path);
}

function takesFiles(path: string): boolean {
  return /^\/(api\/configurations|api\/(?:studio|lab)\/.*|media\/?|configuration\/.*|assets\/v1\/deploy)$/.test(path);
}

function refuseSize(most: number): never {
  throw new Problem('too-large', `The request has more than ${most / MOST_BODY} MB, the most that is taken here.`);
}

function mountPublic(door: Door, access: Access): void {
  const tag = 'Session';
  door.on({ method: 'get', path: '/v1/ping', tag, summary: 'A sign of life', answer: 'Pong' }, () => ({
    status: 'ok',
  }));
  door.on(
    { method: 'get', path: '/api/health', tag, summary: 'A sign of life with the store in it', answer: 'Health' },
    ({ desk }) => ({
      status: 'ok',
      device: desk.store.device,
    }),
  );
  door.on(
    {
      method: 'post',
      path: '/account/authenticate',
      tag,
      summary: 'Sign in: the access token is the password',
      body: Authenticate,
      answer: 'AuthenticateResponse',
    },
    ({ desk, body }) => {
      const authorizationToken = access.signIn(body.password, () => visitingUser(desk, body.username));
      if (authorizationToken !== undefined) return { authorizationToken };
      throw new Problem(
        'not-authenticated',
        'The password is not the access token that Fieldwriter printed at its start.',
      );
    },
  );
}

function mountFailures({ app, specs }: Door, desk: OpenDesk): void {
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = specs.filter((spec) => matches(spec.path, path)).map((spec) => spec.method.toUpperCase());
    if (allowed.length === 0) return refuseUnknown(method, path);
    throw new Problem('method-not-allowed', `${path} takes ${allowed.join(', ')}, not ${method}.`);
  });
  app.onError((error, context) => {
    const request = { method: context.req.method, path: context.req.path, reference: context.get('reference') };
    const problem = problemDocument(error, request);
    if (problem.status >= 500 && !NO_DEFECTS.has(problem.code))
      desk.log('A request broke', {
        reference: request.reference,
        path: request.path,
        error: error.stack ?? String(error),
      });
    return context.json(problem, problem.status as 500, { 'content-type': 'application/problem+json' });
  });
}

/** Whether a path is one of a pattern such as `/policy/:locator`. */
function matches(pattern: string, path: string): boolean {
  const parts = path.split('/');
  const expected = pattern.split('/');
  return parts.length === expected.length && expected.every((part, i) => part.startsWith(':') || part === parts[i]);
}
