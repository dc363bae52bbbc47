import type { Caller, Desk } from '#core/desk/desk.ts';
import { getPolicy } from '#core/policy/policies.ts';
import { advanceTransaction, type Target, withdrawTransaction } from '#core/policy/transactions/advance.ts';
import {
  createEndorsement,
  createRenewal,
  endorsementDraft,
  renewalDraft,
  updateTransaction,
} from '#core/policy/transactions/create-change.ts';
import {
  previewRequest,
  previewTransaction,
  transactionPrice,
  underwriteTransaction,
  whenIssued,
} from '#core/policy/transactions/preview.ts';
import { replayTransaction } from '#core/policy/transactions/replay-transaction.ts';
import { getTransaction, listTransactions } from '#core/policy/transactions/responses.ts';
import type { Door } from '../door.ts';
import { Nothing } from '../schemas.ts';
import {
  EndorsementCreate,
  LegacyEndorse,
  LegacyRenew,
  RenewalCreate,
  TransactionAct,
  TransactionUpdate,
} from '../transaction-schemas.ts';

const TARGETS: Readonly<Record<string, Target>> = { quote: 'quoted', accept: 'accepted', issue: 'issued' };

/** Endorsements and renewals at the paths of the original platform (formats §3.6), with the preview of what they would do. */
export function transactionResources(door: Door): void {
  mount(door, 'endorsement', 'Endorsements', 'EndorsementResponse');
  mount(door, 'renewal', 'Renewals', 'RenewalResponse');
  door.on(
    {
      method: 'post',
      path: '/policies/:locator/endorsements',
      tag: 'Endorsements',
      summary: 'Make an endorsement, and take it as far as `state`',
      body: EndorsementCreate,
      answer: 'EndorsementResponse',
    },
    async ({ desk, param, body, caller }) => {
      const { state, newPolicyEndTimestamp: _n, ...request } = body;
      const locator = await createEndorsement(desk, caller(), param('locator'), request);
      await goOn(desk, caller(), locator, state);
      return getTransaction(desk, locator);
    },
  );
  door.on(
    {
      method: 'post',
      path: '/policies/:locator/renewals',
      tag: 'Renewals',
      summary: 'Make a renewal, and take it as far as `state`',
      body: RenewalCreate,
      answer: 'RenewalResponse',
    },
    async ({ desk, param, body, caller }) => {
      const { state, newPolicyEndTimestamp: _n, ...request } = body;
      const locator = await createRenewal(desk, caller(), param('locator'), request);
      await goOn(desk, caller(), locator, state);
      return getTransaction(desk, locator);
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/transactions/:locator/preview',
      tag: 'Endorsements',
      summary: 'What issuing would do: later transactions affected, conflicts with the price of each choice',
      answer: 'TransactionPreview',
    },
    ({ desk, param }) => previewTransaction(desk, param('locator')),
  );
  door.on(
    {
      method: 'post',
      path: '/api/transactions/:locator/replay',
      tag: 'Endorsements',
      summary: 'Work it out again with everything that was recorded, and compare',
      answer: 'Replay',
    },
    ({ desk, param }) => replayTransaction(desk, param('locator')),
  );
  legacy(door);
}

function mount(door: Door, kind: 'endorsement' | 'renewal', tag: string, answer: string): void {
  const path = `/${kind}s/:locator`;
  door.on(
    {
      method: 'get',
      path: `/policies/:locator/${kind}s`,
      tag,
      summary: `The ${kind}s of a policy`,
      answer: `${answer}[]`,
    },
    ({ desk, param }) => listTransactions(desk, param('locator'), kind),
  );
  door.on({ method: 'get', path, tag, summary: `One ${kind}`, answer }, ({ desk, param }) =>
    getTransaction(desk, param('locator'), kind),
  );
  door.on(
    {
      method: 'get',
      path: `${path}/price`,
      tag,
      summary: 'What it changes of the price, saving nothing',
      answer: 'PriceChange',
    },
    ({ desk, param }) => transactionPrice(desk, param('locator')),
  );
  door.on(
    {
      method: 'get',
      path: `${path}/automatedUnderwritingResult`,
      tag,
      summary: 'Underwrite it, saving nothing',
      answer: 'AutomatedUnderwritingResultResponse',
    },
    ({ desk, param }) => underwriteTransaction(desk, param('locator')),
  );
  door.on(
    {
      method: 'get',
      path: `${path}/policyWhenIssued`,
      tag,
      summary: 'The policy as if it were issued',
      answer: 'PolicyResponse',
    },
    ({ desk, param }) => whenIssued(desk, param('locator')),
  );
  door.on(
    {
      method: 'patch',
      path: `${path}/update`,
      tag,
      summary: 'Change it while it is an application',
      body: TransactionUpdate,
      answer,
    },
    async ({ desk, param, body, caller }) => {
      const { newPolicyEndTimestamp: _n, ...request } = body;
      await updateTransaction(desk, caller(), param('locator'), request);
      return getTransaction(desk, param('locator'));
    },
  );
  for (const [action, summary] of [
    ['quote', 'Lock, price and underwrite it'],
    ['accept', 'Accept it: invoices and documents'],
    ['issue', 'Issue it: the policy is changed for good'],
    ['invalidate', 'Take it back'],
    ['discard', 'Give it up'],
  ] as const)
    door.on(
      { method: 'patch', path: `${path}/${action}`, tag, summary, body: Nothing, answer },
      async ({ desk, param, caller }) => {
        await act(desk, caller(), param('locator'), action);
        return getTransaction(desk, param('locator'), kind);
      },
    );
  door.on(
    { method: 'patch', path, tag, summary: 'Change it and act on it in one request', body: TransactionAct, answer },
    async ({ desk, param, body, caller }) => {
      const given = body.endorsementUpdate ?? body.renewalUpdate;
      if (given) {
        const { newPolicyEndTimestamp: _n, ...request } = given;
        await updateTransaction(desk, suffixed(caller(), 'update'), param('locator'), request);
      }
      if (body.action !== 'update') await act(desk, caller(), param('locator'), body.action);
      return getTransaction(desk, param('locator'), kind);
    },
  );
}

async function act(
  desk: Desk,
  caller: Caller,
  locator: string,
  action: 'quote' | 'accept' | 'issue' | 'invalidate' | 'discard',
): Promise<void> {
  const target = TARGETS[action];
  if (target) return advanceTransaction(desk, caller, locator, target);
  if (action === 'invalidate' || action === 'discard') return withdrawTransaction(desk, caller, locator, action);
}

async function goOn(
  desk: Desk,
  caller: Caller,
  locator: string,
  state: 'application' | Target | undefined,
): Promise<void> {
  if (state !== undefined && state !== 'application')
    await advanceTransaction(desk, suffixed(caller, state), locator, state);
}

/** A request that does several things has a key of its own for each, so that a retry finds each done. */
export function suffixed({ actor, requestKey }: Caller, step: string): Caller {
  return { actor, ...(requestKey === undefined ? {} : { requestKey: `${requestKey} ${step}` }) };
}

/** Endorse or renew in one shot, and their previews, which get no locator (formats §3.6, deprecated). */
function legacy(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/endorse',
      tag: 'Endorsements',
      summary: 'Endorse in one shot (deprecated)',
      body: LegacyEndorse,
      answer: 'PolicyResponse',
    },
    async ({ desk, param, body, caller }) => {
      const locator = await createEndorsement(desk, caller(), param('locator'), endorseRequest(body));
      await goOn(desk, caller(), locator, 'issued');
      return getPolicy(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/previewEndorsementPrice',
      tag: 'Endorsements',
      summary: 'What an endorsement would change of the price (deprecated)',
      body: LegacyEndorse,
      answer: 'PriceChange',
    },
    ({ desk, param, body }) =>
      previewRequest(desk, param('locator'), (open) => endorsementDraft(desk, open, endorseRequest(body))),
  );
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/issueRenewal',
      tag: 'Renewals',
      summary: 'Renew in one shot (deprecated)',
      body: LegacyRenew,
      answer: 'PolicyResponse',
    },
    async ({ desk, param, body, caller }) => {
      const locator = await createRenewal(desk, caller(), param('locator'), renewRequest(body));
      await goOn(desk, caller(), locator, 'issued');
      return getPolicy(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/previewRenewalPrice',
      tag: 'Renewals',
      summary: 'What a renewal would cost (deprecated)',
      body: LegacyRenew,
      answer: 'PriceChange',
    },
    ({ desk, param, body }) =>
      previewRequest(desk, param('locator'), (open) => renewalDraft(desk, open, renewRequest(body))),
  );
}

function endorseRequest({ updatePolicy, newPolicyEndTimestamp: _n, ...request }: typeof LegacyEndorse._output) {
  const { newPolicyEndTimestamp: _e, ...changes } = updatePolicy ?? {};
  return { ...changes, ...request };
}

function renewRequest({ updatePolicy, ...request }: typeof LegacyRenew._output) {
  const { newPolicyEndTimestamp: _e, ...changes } = updatePolicy ?? {};
  return { ...changes, ...request };
}
