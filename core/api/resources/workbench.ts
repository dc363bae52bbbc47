import { type Desk, findAll, look, need, type Typed } from '#core/desk/desk.ts';
import type { PolicyRecord } from '#core/desk/records.ts';
import { unpackWorksheet } from '#core/desk/worksheets.ts';
import { ENGINE } from '#core/model/engine.ts';
import { failedDocuments, retryDocuments } from '#core/policy/document-job.ts';
import { insuredName } from '#core/policy/insured-name.ts';
import { getPolicy, needPolicy } from '#core/policy/policies.ts';
import { replayPolicy } from '#core/policy/replay.ts';
import { chooseUser, localUser } from '#core/policy/users.ts';
import type { PolicySummary, PolicyWorksheets, Session } from '../contract.ts';
import type { Door } from '../door.ts';
import { ChooseUser, Nothing } from '../schemas.ts';
import { numberIn } from './policyholders.ts';

const MOST = 500;

/** What the screens need beside the original's resources: who works here, the list of risks, worksheets and history. */
export function workbenchResources(door: Door, environment: Session['environment']): void {
  const session = (desk: Desk, user = localUser(desk)): Session => ({
    user: user ? { locator: user.user, name: user.name } : null,
    version: ENGINE.replace(/^\S+ /, ''),
    environment,
    printer: desk.printerStatus(),
  });
  door.on(
    {
      method: 'get',
      path: '/api/session',
      tag: 'Session',
      summary: 'Who works here, and with what',
      answer: 'Session',
    },
    ({ desk, context }) => session(desk, context.get('user') ?? localUser(desk)),
  );
  door.on(
    {
      method: 'post',
      path: '/api/session/user',
      tag: 'Session',
      summary: 'Say who works here',
      body: ChooseUser,
      answer: 'Session',
    },
    ({ desk, body }) => session(desk, chooseUser(desk, body.name)),
  );

  const tag = 'Workbench';
  door.on(
    {
      method: 'get',
      path: '/api/policies',
      tag,
      summary: 'Policies, newest first, found by words of policyholder, fields or number',
      query: { q: 'words', limit: `at most ${MOST}, default 100` },
      answer: 'PolicySummary[]',
    },
    ({ desk, query }): readonly PolicySummary[] => {
      const limit = Math.min(numberIn(query('limit'), 'limit') ?? 100, MOST);
      return policiesFor(desk, (query('q') ?? '').trim(), limit).map((policy) => summary(desk, policy));
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/policies/:locator/worksheets',
      tag,
      summary: 'How price and decision came about',
      answer: 'PolicyWorksheets',
    },
    ({ desk, param }): PolicyWorksheets => {
      const { worksheet } = need(desk, 'quote', needPolicy(desk, param('locator')).record.quoteLocator).record;
      const record = worksheet === undefined ? undefined : need(desk, 'worksheet', worksheet).record;
      const [pricing, underwriting] = [record?.pricing, record?.underwriting].map(unpackWorksheet);
      return { ...(pricing ? { pricing } : {}), ...(underwriting ? { underwriting } : {}) };
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/policies/:locator/replay',
      tag,
      summary: 'Price and decide again with what was recorded, and compare',
      body: Nothing,
      answer: 'Replay',
    },
    ({ desk, param }) => replayPolicy(desk, param('locator')),
  );
  door.on(
    {
      method: 'get',
      path: '/api/policies/:locator/failedDocuments',
      tag,
      summary: 'Documents that could not be made',
      answer: 'FailedDocument[]',
    },
    ({ desk, param }) => {
      const { locator, quoteLocator } = needPolicy(desk, param('locator')).record;
      return failedDocuments(desk, locator, quoteLocator);
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/policies/:locator/retryDocuments',
      tag,
      summary: 'Try them again',
      body: Nothing,
      answer: 'PolicyResponse',
    },
    async ({ desk, param, caller }) => {
      await retryDocuments(desk, caller(), param('locator'));
      return getPolicy(desk, param('locator'));
    },
  );
}

/** Policies for what somebody typed: their own words, or those of their quotes and policyholders. */
function policiesFor(desk: Desk, words: string, limit: number): readonly PolicyRecord[] {
  if (words === '')
    return (desk.store.list('policy', { newestFirst: true, limit }) as unknown as readonly Typed<'policy'>[]).map(
      ({ record }) => record,
    );
  const found = new Map<string, PolicyRecord>();
  const add = (record: PolicyRecord | undefined): void => {
    if (record) found.set(record.locator, record);
  };
  for (const hit of desk.store.search(words, limit * 4)) {
    if (hit.type === 'policy') add(look(desk, 'policy', hit.locator)?.record);
    if (hit.type === 'quote')
      add(look(desk, 'policy', look(desk, 'quote', hit.locator)?.record.policyLocator ?? '')?.record);
    if (hit.type === 'policyholder')
      for (const { record } of findAll(desk, 'policy', 'policyholderLocator', hit.locator)) add(record);
  }
  return [...found.values()]
    .sort((a, b) => b.createdAt - a.createdAt || (a.locator < b.locator ? 1 : -1))
    .slice(0, limit);
}

function summary(desk: Desk, policy: PolicyRecord): PolicySummary {
  const quote = need(desk, 'quote', policy.quoteLocator).record;
  return {
    locator: policy.locator,
    productName: policy.productName,
    policyholderName: insuredName(desk, policy.policyholderLocator),
    state: policy.issuedAt === undefined ? quote.state : 'issued',
    ...(policy.issuedAt === undefined ? {} : { policyNumber: policy.displayId }),
    startTimestamp: String(quote.contractStart),
    endTimestamp: String(quote.contractEnd),
    currency: policy.currency,
    ...(quote.price ? { grossPremium: quote.price.grossPremium } : {}),
    ...(quote.underwriting ? { decision: quote.underwriting.decision } : {}),
    updatedTimestamp: String(Math.max(policy.updatedAt, quote.updatedAt)),
  };
}
