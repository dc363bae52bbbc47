import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Desk } from '#core/desk/desk.ts';
import type { LastRun, Watch } from '#core/desk/last-run.ts';
import { RERATES_EVERY, type Rerating } from '#core/integrations/rerate-timer.ts';
import { Problem } from '#core/model/problem.ts';
import { listBackups, makeBackup } from '#core/policy/admin/backups.ts';
import { environmentOf } from '#core/policy/admin/environment.ts';
import type { KeptLog } from '#core/policy/admin/kept-log.ts';
import { supportBundle } from '#core/policy/admin/support-bundle.ts';
import { type Trial, tryRater } from '#core/policy/admin/try-rater.ts';
import { BILLING_EVERY, type Billing } from '#core/policy/billing-run.ts';
import { priceResponse } from '#core/policy/price-response.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { backupPlan, changePlan } from '#core/tasks/backup-plan.ts';
import { BACKUP_EVERY, DRILL_EVERY, type KeepSafe } from '#core/tasks/keep-safe.ts';
import { lastDrill } from '#core/tasks/restore-drill.ts';
import { TryIntegration } from '../admin-schemas.ts';
import type { Session } from '../contract.ts';
import type { Backups, Environment, IntegrationTrial, Schedule } from '../contracts/admin.ts';
import type { Door } from '../door.ts';
import { problemDocument } from '../problem-document.ts';
import { Backup, BackupPlan, Nothing } from '../schemas.ts';

/** What administration looks at beside the store. */
export interface AdminParts {
  /** The data folder. */
  readonly folder: string;
  readonly environment: Session['environment'];
  readonly kept: KeptLog;
  readonly rerating: Rerating;
  readonly billing: Billing;
  readonly safe: KeepSafe;
}

/** The machine room: trials of integrations, what runs by itself, backups, the environment, the support bundle. */
export function adminResources(door: Door, parts: AdminParts): void {
  const tag = 'Administration';
  door.on(
    {
      method: 'post',
      path: '/api/integrations/:name/try',
      tag,
      summary: 'Ask an external rater for real, with a sampled risk or a stored policy; nothing is stored',
      body: TryIntegration,
      answer: 'IntegrationTrial',
    },
    async ({ desk, param, body }) => trialAnswer(await tryRater(desk, param('name'), body)),
  );
  scheduleResources(door, tag, parts);
  door.on(
    {
      method: 'get',
      path: '/api/verify',
      tag,
      summary: "Prove the journal's chain, records and files",
      answer: 'VerifyReport',
    },
    ({ desk }) => desk.store.verify(),
  );
  door.on(
    {
      method: 'post',
      path: '/api/backup',
      tag,
      summary: 'Write an encrypted, verified copy into a new folder',
      body: Backup,
      answer: 'Backup',
    },
    async ({ desk, body, caller }) => ({ folder: await makeBackup(desk, caller(), body.folder) }),
  );
  door.on(
    {
      method: 'get',
      path: '/api/backups',
      tag,
      summary: 'The backups made from here, newest first',
      answer: 'Backups',
    },
    ({ desk }) => backupsOf(desk, parts.folder),
  );
  door.on(
    {
      method: 'put',
      path: '/api/backups/plan',
      tag,
      summary: 'Whether a backup is made every day by itself, and where',
      body: BackupPlan,
      answer: 'Backups',
    },
    ({ desk, body, caller }) => {
      changePlan(desk, caller(), parts.folder, body);
      return backupsOf(desk, parts.folder);
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/environment',
      tag,
      summary: 'Where this workbench runs, on what',
      answer: 'Environment',
    },
    async ({ desk }): Promise<Environment> => ({
      name: parts.environment,
      ...(await environmentOf(desk, parts.folder)),
    }),
  );
  door.on(
    {
      method: 'get',
      path: '/api/support-bundle',
      tag,
      summary: 'Counts, versions and codes that help to find a fault; nothing about anybody',
      answer: 'SupportBundle',
    },
    ({ desk }) =>
      supportBundle(desk, {
        folder: parts.folder,
        environment: parts.environment,
        lines: parts.kept.lines(),
        timings: door.timings.summary(),
      }),
  );
}

function backupsOf(desk: Desk, folder: string): Backups {
  const { made, ...plan } = backupPlan(desk, folder);
  const drill = lastDrill(desk);
  const byItself = made.map(({ at, ...one }) => {
    return { ...one, timestamp: String(at), present: existsSync(path.join(one.folder, STORE_FILES.database)) };
  });
  return {
    suggested: suggested(folder, desk.now()),
    restore: 'fieldwriter restore <backup> --data <new folder>',
    made: listBackups(desk),
    plan: { ...plan, made: byItself },
    ...(drill ? { drill: { ...drill, at: String(drill.at), lastSuccess: textOf(drill.lastSuccess) } } : {}),
  };
}
const textOf = (at: number | undefined): string | null => (at === undefined ? null : String(at));

/** What runs by itself. */
function scheduleResources(door: Door, tag: string, { rerating, billing, safe }: AdminParts): void {
  const schedules = {
    billing: { every: BILLING_EVERY, watch: billing.watch, run: () => billing.run() },
    rerates: { every: RERATES_EVERY, watch: rerating.watch, run: () => rerating.run() },
    backup: { every: BACKUP_EVERY, watch: safe.backups, run: () => safe.backUp() },
    drill: { every: DRILL_EVERY, watch: safe.drills, run: () => safe.drill() },
  } as const;
  const names = ['billing', 'rerates', 'backup', 'drill'] as const;
  const answer = (name: Schedule['name']): Schedule => {
    const { every, watch } = schedules[name];
    // What is due once a day or a week outlives the program: it is counted from what the store knows.
    const next = name === 'backup' || name === 'drill' ? safe.due()[name] : watch.last && watch.last.at + every;
    return scheduleOf(name, every, watch, next);
  };
  door.on(
    {
      method: 'get',
      path: '/api/schedules',
      tag,
      summary: 'What runs by itself, and how it went',
      answer: 'Schedule[]',
    },
    () => names.map(answer),
  );
  door.on(
    { method: 'post', path: '/api/schedules/:name/run', tag, summary: 'Run it now', body: Nothing, answer: 'Schedule' },
    async ({ param, caller }) => {
      caller();
      const name = names.find((known) => known === param('name'));
      if (!name)
        throw new Problem('not-found', `Nothing called "${param('name')}" runs by itself: ${names.join(', ')} do.`);
      await schedules[name].run();
      return answer(name);
    },
  );
}

function scheduleOf(
  name: Schedule['name'],
  every: number,
  { running, last }: Watch<object>,
  next: number | undefined,
): Schedule {
  return {
    name,
    every,
    running,
    ...(last ? { last: lastAnswer(last) } : {}),
    ...(next === undefined ? {} : { nextTimestamp: String(next) }),
  };
}

function lastAnswer({ at, duration, result, error }: LastRun<object>): NonNullable<Schedule['last']> {
  // Every part of a result is the list of what was done.
  const counts = Object.fromEntries(
    Object.entries(result ?? {}).flatMap(([part, list]) => (Array.isArray(list) ? [[part, list.length]] : [])),
  );
  return {
    timestamp: String(at),
    duration,
    ...(result ? { counts } : {}),
    ...(error === undefined ? {} : { error }),
  };
}

function trialAnswer({ exchange, headers, preview }: Trial): IntegrationTrial {
  const problem = preview.problem && problemDocument(preview.problem);
  return {
    ...(exchange
      ? {
          exchange: {
            url: exchange.url,
            headers,
            request: exchange.request,
            duration: exchange.duration,
            attempts: exchange.attempts.length,
            ...(exchange.status === undefined ? {} : { status: exchange.status }),
            ...(exchange.response === undefined ? {} : { response: exchange.response }),
          },
        }
      : {}),
    fieldErrors: preview.fieldErrors,
    ...(problem ? { problem: { code: problem.code, title: problem.title, detail: problem.detail } } : {}),
    ...(preview.quote?.price ? { price: priceResponse(preview.quote) } : {}),
  };
}

/** Beside the data folder, named by the minute. */
function suggested(folder: string, now: number): string {
  const minute = new Date(now).toISOString().slice(0, 16).replace('T', '-').replace(':', '');
  return path.join(path.dirname(path.resolve(folder)), 'fieldwriter-backups', minute);
}
