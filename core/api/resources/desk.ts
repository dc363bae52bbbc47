import * as z from 'zod';
import { type Caller, commit, type Desk, look, write } from '#core/desk/desk.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { MissingCode, RiskStage, RiskState } from '#core/model/risk-list.ts';
import { addCalendar, startOfDay } from '#core/model/time.ts';
import type { RiskOrder, RiskQuery, RiskRow } from '#core/store/risk-contract.ts';
import {
  BOARD_COLUMNS,
  type Board,
  type BoardColumn,
  type DeskInfo,
  type RiskList,
  type RiskSummary,
  type SettingName,
  type Settings,
} from '../contracts/desk.ts';
import { BoardQuery, MOST_ROWS, RiskListQuery, SETTINGS } from '../desk-schemas.ts';
import type { Door } from '../door.ts';
import { parse } from '../parse.ts';

const tag = 'Desk';
const DAY = 86_400_000;
const ISSUED_DAYS = 30;
const EXPIRING_DAYS = 60;

/** The desk: the list of risks, the board, and what each person set up for themselves (core/desk/SPEC.md). */
export function deskResources(door: Door): void {
  door.on(
    {
      method: 'get',
      path: '/api/risks',
      tag,
      summary: 'The list of risks, filtered and ordered, a window of it',
      query: {
        q: 'beginnings of words',
        stage: 'stages, with commas between',
        state: 'states, with commas between',
        product: 'names of products, with commas between',
        decision: 'accept, reject, none',
        locator: 'these policies only',
        from: "cover starts on this day or later, in the tenant's zone",
        to: 'cover starts on this day or before',
        endsFrom: 'cover ends at or after, milliseconds',
        endsTo: 'cover ends at or before',
        premiumFrom: 'a decimal number',
        premiumTo: 'a decimal number',
        sort: 'a column, `-` before it for descending; default -updated',
        offset: 'rows to skip',
        limit: `at most ${MOST_ROWS}, default 100`,
      },
      answer: 'RiskList',
    },
    async ({ desk, context }): Promise<RiskList> => {
      const given = parse(RiskListQuery, context.req.query(), 'The query of the list');
      return listOf(desk, queryOf(given, await timeZoneOf(desk)));
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/risks/board',
      tag,
      summary: 'The risks by stage: how many, and the newest of each',
      query: { limit: 'cards a column, default 20' },
      answer: 'Board',
    },
    ({ desk, context }): Board => {
      const { limit } = parse(BoardQuery, context.req.query(), 'The query of the board');
      return {
        issuedDays: ISSUED_DAYS,
        expiringDays: EXPIRING_DAYS,
        columns: BOARD_COLUMNS.map((name) => ({ name, ...listOf(desk, columnQuery(name, desk.now(), limit)) })),
      };
    },
  );
  door.on(
    { method: 'get', path: '/api/desk', tag, summary: 'What the desk needs to show dates', answer: 'DeskInfo' },
    async ({ desk }): Promise<DeskInfo> => ({ timeZone: await timeZoneOf(desk) }),
  );
  const path = '/api/settings/:name';
  const answer = 'Setting';
  door.on(
    { method: 'get', path, tag, summary: 'What somebody set up for themselves: views, pinned, display', answer },
    ({ desk, param, caller }) => readSetting(desk, caller(), settingName(param('name'))),
  );
  door.on(
    { method: 'put', path, tag, summary: 'Set it up', answer, body: SettingBody },
    ({ desk, param, body, caller }) => {
      const name = settingName(param('name'));
      return writeSetting(desk, caller(), name, parse(SETTINGS[name], body, `The setting ${name}`));
    },
  );
}

/** The list as it is answered. */
export function listOf(desk: Desk, query: RiskQuery): RiskList {
  const { total, rows } = desk.store.risks(query);
  return { total, rows: rows.map(riskSummary) };
}

/** The zone of the newest configuration: the tenant's. */
export async function timeZoneOf(desk: Desk): Promise<string> {
  const newest = desk.configurations.list()[0];
  return newest ? (await desk.configurations.version(newest.configVersion)).configuration.timeZone : 'UTC';
}

function queryOf(given: z.output<typeof RiskListQuery>, timeZone: string): RiskQuery {
  const { q, stage, state, product, decision, locator, from, to, endsFrom, endsTo, premiumFrom, premiumTo } = given;
  return {
    ...(q ? { text: q } : {}),
    ...(locator ? { policies: locator } : {}),
    ...(stage ? { stages: stage } : {}),
    ...(state ? { states: state } : {}),
    ...(product ? { products: product } : {}),
    ...(decision ? { decisions: decision } : {}),
    starts: range(
      from === undefined ? undefined : startOfDay(from, timeZone),
      to === undefined ? undefined : addCalendar(startOfDay(to, timeZone), { days: 1 }, timeZone) - 1,
    ),
    ends: range(endsFrom, endsTo),
    premium: range(premiumFrom, premiumTo),
    order: given.sort.replace('-', '') as RiskOrder,
    descending: given.sort.startsWith('-'),
    offset: given.offset,
    limit: given.limit,
  };
}

function range(from: number | undefined, to: number | undefined): { from?: number; to?: number } {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function columnQuery(name: BoardColumn, now: number, limit: number): RiskQuery {
  const page = { offset: 0, limit };
  switch (name) {
    case 'issued':
      return {
        ...page,
        states: ['issued'],
        issued: { from: now - ISSUED_DAYS * DAY },
        order: 'issued',
        descending: true,
      };
    case 'expiring':
      return {
        ...page,
        states: ['issued'],
        ends: { from: now, to: now + EXPIRING_DAYS * DAY },
        order: 'ends',
        descending: false,
      };
    default:
      return { ...page, stages: [name], order: 'updated', descending: true };
  }
}

/** A row as it is answered. The words in it are the projector's (core/policy/risk-row.ts). */
function riskSummary(row: RiskRow): RiskSummary {
  const [kind = '', state = ''] = row.open?.split(':') ?? [];
  return {
    locator: row.policy,
    quoteLocator: row.quote,
    policyholderLocator: row.policyholder,
    productName: row.product,
    insured: row.insured,
    items: row.items,
    state: row.state as RiskState,
    stage: row.stage as RiskStage,
    ...(row.number === null ? {} : { policyNumber: row.number }),
    start: row.starts,
    end: row.ends,
    ...(row.premium === null ? {} : { premium: row.premium }),
    currency: row.currency,
    ...(row.decision === null ? {} : { decision: row.decision as 'accept' | 'reject' | 'none' }),
    missing: row.missing as readonly MissingCode[],
    ...(row.open === null ? {} : { open: { kind, state } }),
    updated: row.updated,
    created: row.created,
    ...(row.issued === null ? {} : { issued: row.issued }),
  };
}

/** The shape is that of the name's own schema. */
const SettingBody = z.looseObject({}).meta({ id: 'Setting' });

const EMPTY: Settings = {
  views: { views: [] },
  pinned: { risks: [] },
  display: { mode: 'list', columns: [] },
};

function settingName(name: string): SettingName {
  if (Object.hasOwn(SETTINGS, name)) return name as SettingName;
  throw new Problem('not-found', `There is no setting "${name}". There are: ${Object.keys(SETTINGS).join(', ')}.`);
}

function readSetting(desk: Desk, caller: Caller, name: SettingName): Settings[SettingName] {
  const stored = look(desk, 'setting', locatorFor(caller, name))?.record.value;
  return stored === undefined ? EMPTY[name] : (stored as unknown as Settings[SettingName]);
}

/** The last one to write wins: it is one person's own. */
function writeSetting<T extends SettingName>(desk: Desk, caller: Caller, name: T, value: Settings[T]): Settings[T] {
  const locator = locatorFor(caller, name);
  commit(desk, caller, {
    name: 'setting.set',
    arguments: { name },
    changes: [
      write('setting', locator, look(desk, 'setting', locator)?.version ?? 0, {
        value: value as unknown as JsonObject,
      }),
    ],
    result: locator,
  });
  return value;
}

function locatorFor({ actor }: Caller, name: SettingName): string {
  return `desk:${actor.user}:${name}`;
}
