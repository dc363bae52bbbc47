import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Temporal } from 'temporal-polyfill';
import { expect } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import type { ClaimResponse, PayableResponse } from '#core/claims/responses.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { type Answer, draft, exampleRequest, ROOT, type TestWorkbench } from './support.ts';

const ZONE = 'America/Los_Angeles';

/** A claim told in steps, as a claims handler would: test/cases/claims/*.json. */
export interface ClaimCase {
  readonly description: string;
  readonly example: string;
  /** Name of the example's case whose policy is issued. */
  readonly policy: string;
  readonly steps: readonly Step[];
}
interface Step {
  readonly what: string;
  readonly report?: {
    readonly incident: string;
    readonly notified: string;
    readonly status?: string;
    readonly fieldValues: object;
    readonly fieldGroups?: readonly object[];
  };
  readonly open?: true;
  readonly close?: true;
  readonly moveIncident?: string;
  /** `as` makes a new sub-claim on a peril, `on` changes one. */
  readonly reserve?: {
    readonly as?: string;
    readonly on?: string;
    readonly peril?: string;
    readonly expensesOnly?: boolean;
    readonly loss?: string;
    readonly expense?: string;
  };
  readonly pay?: {
    readonly as?: string;
    readonly on: string;
    readonly loss?: string;
    readonly expense?: string;
    readonly to: string;
    readonly comment?: string;
  };
  readonly reverse?: { readonly payable: string; readonly comment?: string };
  readonly openSubClaim?: string;
  readonly closeSubClaim?: string;
  /** Part of the message with which the step is refused. */
  readonly refused?: string;
  /** What the adjuster is told, exactly. */
  readonly warned?: readonly string[];
  readonly then?: Readonly<Partial<Record<'status' | 'reserved' | 'paid' | 'incurred', string>>>;
}
type Reply = Answer<ClaimResponse | PayableResponse | ProblemDocument>;

export function readClaimCase(file: string): ClaimCase {
  return JSON.parse(readFileSync(path.join(ROOT, 'test/cases/claims', file), 'utf8')) as ClaimCase;
}

/** An issued policy of an example's case. */
export async function issued(opened: TestWorkbench, example: string, name: string): Promise<PolicyResponse> {
  const { locator } = await draft(opened, exampleRequest(example, name));
  for (const action of ['finalize', 'issue']) {
    const answer = await opened.call<PolicyResponse>('POST', `/policy/${locator}/${action}`, {});
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  }
  return (await opened.call<PolicyResponse>('GET', `/policy/${locator}`)).body;
}

export function perilOf(policy: PolicyResponse, name: string): string {
  const found = policy.exposures.flatMap(({ perils }) => perils).find((peril) => peril.name === name);
  if (!found) throw new Error(`The policy has no peril ${name}`);
  return found.locator;
}

/** Plays a case through the door; every step must do what it says. */
export async function playClaimCase(opened: TestWorkbench, story: ClaimCase): Promise<ClaimResponse> {
  const policy = await issued(opened, story.example, story.policy);
  const names = new Map<string, string>();
  const at = (name: string): string => names.get(name) ?? name;
  let claim = '';
  const current = async () => (await opened.call<ClaimResponse>('GET', `/claim/${claim}`)).body;
  for (const step of story.steps) {
    const before = claim === '' ? undefined : await current();
    const reply = await take(step);
    if (step.refused !== undefined) {
      expect
        .soft([reply.status >= 400, (reply.body as ProblemDocument).detail ?? ''], step.what)
        .toEqual([true, expect.stringContaining(step.refused)]);
      expect.soft(await current(), `${step.what} Refused, it changes nothing.`).toEqual(before);
      continue;
    }
    expect(reply.status, `${step.what} ${JSON.stringify(reply.body)}`).toBe(200);
    remember(step, reply);
    const after = await current();
    const shown = { status: after.currentStatus, ...after.totals };
    expect.soft(shown, step.what).toMatchObject(step.then ?? {});
    if (step.warned) expect.soft(await warnings(step, reply), step.what).toEqual(step.warned);
  }
  return current();

  function take(step: Step): Promise<Reply> {
    const update = (change: object): Promise<Reply> => opened.call('POST', `/claim/${claim}/update`, change);
    const { report, reserve, pay, reverse } = step;
    if (report) {
      const { incident, notified, ...more } = report;
      const times = { incidentTimestamp: local(incident), notificationTimestamp: local(notified) };
      return opened.call('POST', '/claim', { policyLocator: policy.locator, ...times, ...more });
    }
    if (step.open) return update({ status: 'open' });
    if (step.close) return update({ status: 'closed' });
    if (step.moveIncident) return update({ incidentTimestamp: local(step.moveIncident) });
    if (step.openSubClaim)
      return update({ updateSubClaims: [{ subClaimLocator: at(step.openSubClaim), status: 'open' }] });
    if (step.closeSubClaim)
      return update({ updateSubClaims: [{ subClaimLocator: at(step.closeSubClaim), status: 'closed' }] });
    if (reserve) {
      const { on, peril, loss, expense, expensesOnly } = reserve;
      const amounts = { lossReserve: loss, expenseReserve: expense };
      return on === undefined
        ? update({ addSubClaims: [{ perilLocator: perilOf(policy, peril ?? ''), expensesOnly, ...amounts }] })
        : update({ updateSubClaims: [{ subClaimLocator: at(on), ...amounts }] });
    }
    if (pay)
      return opened.call('POST', '/claims/payables', {
        subClaimLocator: at(pay.on),
        reserveType: pay.loss === undefined ? 'expense' : 'loss',
        amount: pay.loss ?? pay.expense,
        recipient: pay.to,
        comment: pay.comment,
      });
    if (reverse)
      return opened.call('POST', '/claims/payables/reversals', {
        payableLocator: at(reverse.payable),
        comment: reverse.comment,
      });
    throw new Error(`This step does nothing: ${step.what}`);
  }

  function remember({ report, reserve, pay }: Step, { body }: Reply): void {
    if (report) claim = (body as ClaimResponse).locator;
    if (reserve?.as) names.set(reserve.as, (body as ClaimResponse).subClaims.at(-1)?.locator ?? '');
    if (pay?.as) names.set(pay.as, (body as PayableResponse).locator);
  }

  async function warnings({ reserve }: Step, { body }: Reply): Promise<readonly string[]> {
    if (!reserve) return (body as PayableResponse).warnings;
    const locator = at(reserve.as ?? reserve.on ?? '');
    return (body as ClaimResponse).subClaims.find((subclaim) => subclaim.locator === locator)?.warnings ?? [];
  }
}

function local(time: string): string {
  return String(Temporal.PlainDateTime.from(time).toZonedDateTime(ZONE).epochMilliseconds);
}
