import { parseDecimal } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import { getPolicy } from '#core/policy/policies.ts';
import { advanceTransaction, withdrawTransaction } from '#core/policy/transactions/advance.ts';
import {
  createCancellation,
  createReinstatement,
  createWithdrawal,
  updateCoverageDraft,
} from '#core/policy/transactions/create-coverage.ts';
import { transactionPrice } from '#core/policy/transactions/preview.ts';
import { getTransaction, listTransactions } from '#core/policy/transactions/responses.ts';
import { getCoverageSummary, getSnapshot, getTimeline } from '#core/policy/transactions/snapshot.ts';
import type { Door } from '../door.ts';
import { Nothing } from '../schemas.ts';
import {
  CancellationCreate,
  CancellationUpdate,
  LegacyCancel,
  ReinstatementCreate,
  ReinstatementUpdate,
  Snapshot,
} from '../transaction-schemas.ts';
import { suffixed } from './transactions.ts';

/** Cancellations and reinstatements at the paths of the original platform (formats §3.7). */
export function cancellationResources(door: Door): void {
  const cancellations = { tag: 'Cancellations', answer: 'CancellationResponse' } as const;
  door.on(
    {
      method: 'post',
      path: '/policies/:locator/cancellations',
      ...cancellations,
      summary: 'Make a cancellation; `issue` cancels at once',
      body: CancellationCreate,
    },
    async ({ desk, param, body, caller }) => {
      const { issue, ...request } = body;
      const locator = await createCancellation(desk, caller(), param('locator'), request);
      if (issue) await advanceTransaction(desk, suffixed(caller(), 'issue'), locator, 'issued');
      return getTransaction(desk, locator);
    },
  );
  door.on(
    {
      method: 'get',
      path: '/policies/:locator/cancellations',
      tag: 'Cancellations',
      summary: 'The cancellations of a policy',
      answer: 'CancellationResponse[]',
    },
    ({ desk, param }) => listTransactions(desk, param('locator'), 'cancellation'),
  );
  door.on(
    {
      method: 'patch',
      path: '/cancellations/:locator',
      ...cancellations,
      summary: 'Change a draft',
      body: CancellationUpdate,
    },
    async ({ desk, param, body, caller }) => {
      await updateCoverageDraft(desk, caller(), param('locator'), body);
      return getTransaction(desk, param('locator'), 'cancellation');
    },
  );
  door.on(
    {
      method: 'patch',
      path: '/cancellations/:locator/issue',
      ...cancellations,
      summary: 'Issue it: coverage ends at its time',
      body: Nothing,
    },
    async ({ desk, param, caller }) => {
      await advanceTransaction(desk, caller(), param('locator'), 'issued');
      return getTransaction(desk, param('locator'), 'cancellation');
    },
  );
  door.on(
    {
      method: 'patch',
      path: '/cancellations/:locator/rescind',
      ...cancellations,
      summary: 'Give a draft up',
      body: Nothing,
    },
    async ({ desk, param, caller }) => {
      await withdrawTransaction(desk, caller(), param('locator'), 'rescind');
      return getTransaction(desk, param('locator'), 'cancellation');
    },
  );
  door.on(
    {
      method: 'patch',
      path: '/cancellations/:locator/reinstate',
      tag: 'Reinstatements',
      answer: 'ReinstatementResponse',
      summary: 'Make a reinstatement of an issued cancellation',
      body: ReinstatementCreate,
    },
    async ({ desk, param, body, caller }) => {
      const { issue, ...request } = body;
      const locator = await createReinstatement(desk, caller(), param('locator'), request);
      if (issue) await advanceTransaction(desk, suffixed(caller(), 'issue'), locator, 'issued');
      return getTransaction(desk, locator);
    },
  );
  reinstatementResources(door);
  shared(door);
}

function reinstatementResources(door: Door): void {
  const reinstatements = { tag: 'Reinstatements', answer: 'ReinstatementResponse' } as const;
  door.on(
    {
      method: 'patch',
      path: '/reinstatements/:locator',
      ...reinstatements,
      summary: 'Change a draft',
      body: ReinstatementUpdate,
    },
    async ({ desk, param, body, caller }) => {
      await updateCoverageDraft(desk, caller(), param('locator'), body);
      return getTransaction(desk, param('locator'), 'reinstatement');
    },
  );
  for (const [action, target, summary] of [
    ['accept', 'accepted', 'Price, underwrite and bill it'],
    ['issue', 'issued', 'Issue it: coverage comes back'],
  ] as const)
    door.on(
      { method: 'patch', path: `/reinstatements/:locator/${action}`, ...reinstatements, summary, body: Nothing },
      async ({ desk, param, caller }) => {
        await advanceTransaction(desk, caller(), param('locator'), target);
        return getTransaction(desk, param('locator'), 'reinstatement');
      },
    );
  for (const action of ['invalidate', 'discard'] as const)
    door.on(
      {
        method: 'patch',
        path: `/reinstatements/:locator/${action}`,
        ...reinstatements,
        summary: action === 'discard' ? 'Give it up' : 'Take it back to a draft',
        body: Nothing,
      },
      async ({ desk, param, caller }) => {
        await withdrawTransaction(desk, caller(), param('locator'), action);
        return getTransaction(desk, param('locator'), 'reinstatement');
      },
    );
}

function shared(door: Door): void {
  for (const [kind, tag] of [
    ['cancellation', 'Cancellations'],
    ['reinstatement', 'Reinstatements'],
  ] as const) {
    const answer = kind === 'cancellation' ? 'CancellationResponse' : 'ReinstatementResponse';
    door.on({ method: 'get', path: `/${kind}s/:locator`, tag, summary: `One ${kind}`, answer }, ({ desk, param }) =>
      getTransaction(desk, param('locator'), kind),
    );
    door.on(
      {
        method: 'get',
        path: `/${kind}s/:locator/price`,
        tag,
        summary: 'What it changes of the price, saving nothing',
        answer: 'PriceChange',
      },
      ({ desk, param }) => transactionPrice(desk, param('locator')),
    );
  }
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/cancel',
      tag: 'Cancellations',
      summary: 'Cancel at once (deprecated)',
      body: LegacyCancel,
      answer: 'PolicyResponse',
    },
    async ({ desk, param, body, caller }) => {
      const { name = 'cancel', effectiveTimestamp, cancellationEffectiveTimestamp, ...request } = body;
      const at = effectiveTimestamp ?? cancellationEffectiveTimestamp ?? '';
      const locator = await createCancellation(desk, caller(), param('locator'), {
        ...request,
        name,
        effectiveTimestamp: at,
      });
      await advanceTransaction(desk, suffixed(caller(), 'issue'), locator, 'issued');
      return getPolicy(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/withdraw',
      tag: 'Cancellations',
      summary: 'Take an issued policy back: it never was',
      body: Nothing,
      answer: 'PolicyResponse',
    },
    async ({ desk, param, caller }) => {
      const locator = await createWithdrawal(desk, caller(), param('locator'));
      await advanceTransaction(desk, suffixed(caller(), 'issue'), locator, 'issued');
      return getPolicy(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'post',
      path: '/policies/:locator/snapshot',
      tag: 'Policies',
      summary: 'The policy as it stood at an instant, as it was known at another',
      body: Snapshot,
      answer: 'PolicyResponse',
    },
    ({ desk, param, body }) =>
      getSnapshot(
        desk,
        param('locator'),
        instant(body.timestamp, 'timestamp') ?? desk.now(),
        instant(body.knownTimestamp, 'knownTimestamp'),
      ),
  );
  door.on(
    {
      method: 'post',
      path: '/policies/:locator/coverageSummary',
      tag: 'Policies',
      summary: 'What is covered at an instant',
      body: Snapshot,
      answer: 'CoverageSummary',
    },
    ({ desk, param, body }) =>
      getCoverageSummary(desk, param('locator'), instant(body.timestamp, 'timestamp') ?? desk.now()),
  );
  door.on(
    {
      method: 'get',
      path: '/api/policies/:locator/timeline',
      tag: 'Policies',
      summary: "A policy's life: terms, transactions and segments",
      query: { known: 'As it was known then, milliseconds', replaced: '`true`: replaced rows too' },
      answer: 'TimelineResponse',
    },
    ({ desk, param, query }) =>
      getTimeline(desk, param('locator'), instant(query('known'), 'known'), query('replaced') === 'true'),
  );
}

function instant(given: string | number | undefined, name: string): number | undefined {
  if (given === undefined || given === '') return undefined;
  const number = parseDecimal(given);
  if (number?.isInteger()) return number.toNumber();
  throw new Problem(
    'malformed-request',
    `${name} is "${given}", which is no timestamp: give milliseconds since 1970.`,
    { place: { field: name } },
  );
}
