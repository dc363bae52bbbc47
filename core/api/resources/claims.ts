import { attachDocument, detachDocument } from '#core/claims/claim-documents.ts';
import { discardClaim, reportClaim, updateClaim } from '#core/claims/claims.ts';
import { subclaimsOf } from '#core/claims/open-claim.ts';
import { createPayable, reversePayable } from '#core/claims/payables.ts';
import {
  claimsOf,
  getClaim,
  getPayable,
  getPayables,
  getReserves,
  getSubclaimSummary,
} from '#core/claims/responses.ts';
import { type Desk, look, need, type Typed } from '#core/desk/desk.ts';
import { needPolicy } from '#core/policy/policies.ts';
import type { HistoryEntry } from '../contract.ts';
import type { Door, EndpointCall } from '../door.ts';
import { ClaimCreate, ClaimDocumentAttach, ClaimUpdate, Nothing, PayableCreate, PayableReverse } from '../schemas.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Claims';
const answer = 'ClaimResponse';
const PAGE = 100;
const MOST_PAGE = 1_000;

/** Claims at the paths of the original platform, and what it lacks (core/claims/SPEC.md, Paths). */
export function claimResources(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/claim',
      tag,
      summary: 'Report a claim against an issued policy',
      body: ClaimCreate,
      answer,
    },
    async ({ desk, body, caller }) => getClaim(desk, await reportClaim(desk, caller(), body)),
  );
  door.on({ method: 'get', path: '/claim/:locator', tag, summary: 'One claim', answer }, ({ desk, param }) =>
    getClaim(desk, param('locator')),
  );
  door.on(
    {
      method: 'post',
      path: '/claim/:locator/update',
      tag,
      summary: 'Change, open, reopen or close a claim and its sub-claims; set reserves',
      body: ClaimUpdate,
      answer,
    },
    async ({ desk, param, body, caller }) => {
      await updateClaim(desk, caller(), param('locator'), body);
      return getClaim(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'post',
      path: '/claim/:locator/discard',
      tag,
      summary: 'Discard a claim on which nothing was paid',
      body: Nothing,
      answer,
    },
    async ({ desk, param, caller }) => {
      await discardClaim(desk, caller(), param('locator'));
      return getClaim(desk, param('locator'));
    },
  );
  listResources(door);
  moneyResources(door);
  documentResources(door);
}

function listResources(door: Door): void {
  door.on(
    {
      method: 'get',
      path: '/claims',
      tag,
      summary: 'All claims, in pages',
      query: {
        createdAfterTimestamp: 'milliseconds',
        createdBeforeTimestamp: 'milliseconds',
        pageSize: `at most ${MOST_PAGE}, default ${PAGE}`,
        pagingToken: 'from the page before',
      },
      answer: 'ClaimPageResponse',
    },
    listClaims,
  );
  door.on(
    { method: 'get', path: '/policy/:locator/claims', tag, summary: 'The claims of a policy', answer: `${answer}[]` },
    ({ desk, param }) => claimsOf(desk, 'policyLocator', needPolicy(desk, param('locator')).locator),
  );
  door.on(
    {
      method: 'get',
      path: '/policyholder/:locator/claims',
      tag,
      summary: 'The claims of a policyholder',
      answer: `${answer}[]`,
    },
    ({ desk, param }) => claimsOf(desk, 'policyholderLocator', need(desk, 'policyholder', param('locator')).locator),
  );
  door.on(
    {
      method: 'get',
      path: '/api/claims/:locator/history',
      tag,
      summary: 'Who did what on a claim, newest first',
      answer: 'HistoryEntry[]',
    },
    ({ desk, param }) => history(desk, need(desk, 'claim', param('locator')).locator),
  );
}

function moneyResources(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/claims/payables',
      tag,
      summary: 'Pay on a sub-claim',
      body: PayableCreate,
      answer: 'PayableResponse',
    },
    async ({ desk, body, caller }) => getPayable(desk, await createPayable(desk, caller(), body)),
  );
  door.on(
    { method: 'get', path: '/claims/payables/:locator', tag, summary: 'One payable', answer: 'PayableResponse' },
    ({ desk, param }) => getPayable(desk, param('locator')),
  );
  door.on(
    {
      method: 'post',
      path: '/claims/payables/reversals',
      tag,
      summary: 'Take a payable back',
      body: PayableReverse,
      answer: 'PayableResponse',
    },
    async ({ desk, body, caller }) => getPayable(desk, await reversePayable(desk, caller(), body)),
  );
  const reads = [
    ['summary', 'Outstanding, paid and incurred', 'SubClaimSummary', getSubclaimSummary],
    ['payables', 'The payables, oldest first', 'PayableResponse[]', getPayables],
    ['reserves', 'How the reserves came about, oldest first', 'ReserveResponse[]', getReserves],
  ] as const;
  for (const [name, summary, shape, read] of reads)
    door.on({ method: 'get', path: `/subClaim/:locator/${name}`, tag, summary, answer: shape }, ({ desk, param }) =>
      read(desk, param('locator')),
    );
}

function documentResources(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/claim/:locator/documents',
      tag,
      summary: 'Attach an uploaded file',
      body: ClaimDocumentAttach,
      answer,
    },
    ({ desk, param, body, caller }) => {
      attachDocument(desk, caller(), param('locator'), body);
      return getClaim(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'delete',
      path: '/claim/:locator/documents/:document',
      tag,
      summary: 'Take a document off a claim',
      answer,
    },
    ({ desk, param, caller }) => {
      detachDocument(desk, caller(), param('locator'), param('document'));
      return getClaim(desk, param('locator'));
    },
  );
}

function listClaims({ desk, query }: EndpointCall<unknown>) {
  const after = numberIn(query('createdAfterTimestamp'), 'createdAfterTimestamp') ?? -1;
  const before = numberIn(query('createdBeforeTimestamp'), 'createdBeforeTimestamp') ?? Number.POSITIVE_INFINITY;
  const size = Math.min(numberIn(query('pageSize'), 'pageSize') ?? PAGE, MOST_PAGE);
  const token = query('pagingToken');
  // Locators come from this device's range of numbers: their order is that of creation.
  const page = desk.store.list('claim', {
    limit: size,
    ...(token ? { after: token } : {}),
  }) as unknown as readonly Typed<'claim'>[];
  const last = page.length === size ? page.at(-1)?.locator : undefined;
  return {
    claims: page
      .filter(({ record }) => record.createdAt > after && record.createdAt < before)
      .map(({ locator }) => getClaim(desk, locator)),
    ...(last === undefined ? {} : { pagingToken: last }),
  };
}

function history(desk: Desk, locator: string): readonly HistoryEntry[] {
  const records = [
    ['claim', locator] as const,
    ...subclaimsOf(desk, locator).map((subclaim) => ['subclaim', subclaim.locator] as const),
  ];
  const entries = new Map(
    records.flatMap(([type, of]) => desk.store.history(type, of)).map((entry) => [entry.id, entry]),
  );
  return [...entries.values()]
    .sort((a, b) => b.sequence - a.sequence)
    .map((entry) => ({
      at: String(entry.at),
      author: look(desk, 'user', entry.user)?.record.name ?? entry.user,
      command: entry.command,
      version: entry.changes.find(({ type }) => type === 'claim' || type === 'subclaim')?.version ?? 0,
    }));
}
