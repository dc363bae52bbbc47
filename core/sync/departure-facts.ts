import { access, statfs } from 'node:fs/promises';
import path from 'node:path';
import { type Desk, findAll } from '#core/desk/desk.ts';
import { addCalendar, calendarDay, startOfDay } from '#core/model/time.ts';
import { productVersions } from '#core/policy/admin/environment.ts';
import { listDiary } from '#core/policy/notes.ts';
import { blobFile } from '#core/store/blobs.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import type { DepartureFacts } from './departure.ts';

const LATELY = 30;
/** Whoever takes more policies along than this has a list, not a trip. */
const MOST_POLICIES = 500;

/** What departure asks of the store, the files and the disk. */
export interface DepartureQuestion {
  /** The data folder. */
  readonly folder: string;
  readonly days: number;
  /** Of the tenant; IANA name. */
  readonly timeZone: string;
}

/** Gathers the facts of SY70–SY77 that this machine knows; what replication knows comes from outside. */
export async function departureFacts(
  desk: Desk,
  { folder, days, timeZone }: DepartureQuestion,
  replication: Pick<DepartureFacts, 'replication' | 'numbers'>,
): Promise<DepartureFacts> {
  const now = desk.now();
  const today = calendarDay(now, timeZone);
  // Today counts: a trip of one day ends tonight.
  const end = addCalendar(startOfDay(today, timeZone), { days }, timeZone) - 1;
  const until = calendarDay(end, timeZone);
  const disk = await statfs(folder).catch(() => undefined);
  return {
    now,
    trip: { days, until, end },
    ...replication,
    products: await Promise.all(
      productVersions(desk).map(async ({ displayName, configVersion }) => ({
        name: displayName,
        present: await desk.configurations.version(configVersion).then(
          () => true,
          () => false,
        ),
      })),
    ),
    documents: await documentsOf(desk, folder, until, startOfDay(today, timeZone), end),
    issuedLately: desk.store.risks({
      issued: { from: addCalendar(now, { days: -LATELY }, timeZone) },
      order: 'issued',
      descending: true,
      offset: 0,
      limit: 0,
    }).total,
    disk: disk ? { free: disk.bavail * disk.bsize } : null,
  };
}

/** The documents of the policies that the trip is likely to be about (SY74). */
async function documentsOf(desk: Desk, folder: string, until: string, from: number, to: number) {
  const policies = new Map<string, string>();
  for (const { policyLocator, insured, policyNumber } of listDiary(desk, until))
    policies.set(policyLocator, insured || policyNumber || policyLocator);
  for (const range of [{ starts: { from, to } }, { ends: { from, to } }])
    for (const row of desk.store.risks({
      ...range,
      states: ['draft', 'quoted', 'accepted', 'issued'],
      order: 'starts',
      descending: false,
      offset: 0,
      limit: MOST_POLICIES,
    }).rows)
      policies.set(row.policy, row.insured || row.number || row.policy);
  const documents = [...policies].flatMap(([policyLocator, policyTitle]) =>
    findAll(desk, 'document', 'policyLocator', policyLocator).map(({ record }) => ({
      policyLocator,
      policyTitle,
      displayName: record.displayName,
      blob: record.blob,
    })),
  );
  return Promise.all(
    documents.map(async ({ blob, ...document }) => ({ ...document, present: await isHere(folder, blob) })),
  );
}

/** Whether the file of a blob lies in the data folder; whether it is whole is what `verify` tells. */
function isHere(folder: string, hash: string): Promise<boolean> {
  return access(blobFile(path.join(folder, STORE_FILES.blobs), hash)).then(
    () => true,
    () => false,
  );
}
