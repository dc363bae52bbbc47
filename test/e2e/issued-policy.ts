import type { Page } from 'playwright-core';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import { exampleRequest } from '../contract/support.ts';

/** Asks the workbench as a script would, with the session of the page. Throws what it refuses. */
export type Ask = <T = unknown>(method: string, at: string, body?: object) => Promise<T>;

export function askerOf(page: Page, origin: string): Ask {
  return async <T>(method: string, at: string, body?: object): Promise<T> => {
    const answer = await page.request.fetch(origin + at, {
      method,
      ...(body ? { data: body } : {}),
      timeout: 60_000,
    });
    if (!answer.ok()) throw new Error(`${method} ${at}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
}

/** A person at work with a sample product in use. */
export async function beginWork(page: Page, address: string, ask: Ask, product = 'personal-auto'): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Your name').waitFor();
  await ask('POST', '/api/session/user', { name: 'Uma Writer' });
  await ask('POST', `/api/examples/${product}`, {});
  await page.reload();
  await page.getByText('Uma Writer').waitFor();
}

/** The issued policy of an example's case, in force from 2021-06-28 for a year. */
export async function issuedPolicy(ask: Ask): Promise<PolicyResponse> {
  const { policyholder, policy } = exampleRequest('personal-auto', 'golden-new-business');
  const holder = await ask<{ locator: string }>('POST', '/policyholder/create', policyholder);
  const { locator } = await ask<PolicyResponse>('POST', '/policy', {
    ...policy,
    policyholderLocator: holder.locator,
  });
  await ask('POST', `/policy/${locator}/finalize`, {});
  return ask<PolicyResponse>('POST', `/policy/${locator}/issue`, {});
}

export const at = (date: string): string => String(startOfDay(date, 'America/Los_Angeles'));

/** An amount as the screens write it, so that it can be looked for. */
export function shown(amount: string, sign = false): string {
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    signDisplay: sign ? 'exceptZero' : 'auto',
  }).format(amount as Intl.StringNumericLiteral);
}
