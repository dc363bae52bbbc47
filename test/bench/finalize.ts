import { readFile } from 'node:fs/promises';
import type { QuoteRequest } from '#core/api/contract.ts';
import { createPolicy } from '#core/policy/drafts.ts';
import { finalizePolicy } from '#core/policy/finalize.ts';
import { createPolicyholder } from '#core/policy/policyholders.ts';
import { openThrowawayDesk } from '#core/policy/throwaway.ts';
import { loadConfiguration } from '#core/product/load.ts';
import type { Bench } from './bench.ts';
import { figure, quantile } from './measure.ts';

const POLICIES = 1_200;
const AT_ONCE = 4;
const CASE = 'examples/personal-auto/products/personal-auto/tests/golden-new-business.case.json';

/** (d) Finalize without documents: price, decision, worksheet and invoice in one durable commit of an encrypted store. */
export const finalize: Bench = {
  name: '(d) finalize of examples/personal-auto without documents, encrypted, durable',
  async run() {
    const golden = JSON.parse(await readFile(CASE, 'utf8')) as {
      policyholder: NonNullable<QuoteRequest['policyholder']>;
      policyCreate: QuoteRequest['policy'];
    };
    const configuration = await loadConfiguration({ folder: 'examples/personal-auto' });
    const { desk, caller, close } = await openThrowawayDesk(configuration, { documents: 'later' });
    try {
      const holder = await createPolicyholder(desk, caller, { completed: true, ...golden.policyholder });
      const drafts: string[] = [];
      for (let made = 0; made < POLICIES; made += 1) {
        const request = { ...golden.policyCreate, productName: 'personal-auto', policyholderLocator: holder.locator };
        drafts.push((await createPolicy(desk, caller, request)).locator);
      }
      const [warm, alone, together] = [drafts.slice(0, 200), drafts.slice(200, 600), drafts.slice(600)];
      for (const locator of warm) await finalizePolicy(desk, caller, locator);
      const times: number[] = [];
      for (const locator of alone) {
        const started = performance.now();
        await finalizePolicy(desk, caller, locator);
        times.push(performance.now() - started);
      }
      const started = performance.now();
      const waiting = [...together];
      const one = async (): Promise<void> => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
          await finalizePolicy(desk, caller, next);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
      const rate = (together.length / (performance.now() - started)) * 1000;
      const sorted = times.toSorted((a, b) => a - b);
      const sequential = 1000 / (times.reduce((sum, time) => sum + time, 0) / times.length);
      return [
        {
          what: 'finalized a second, one after the other',
          value: figure(sequential),
          aim: 'over 200 (aim 1,000)',
          ok: sequential > 200,
        },
        { what: `finalized a second, ${AT_ONCE} at once`, value: figure(rate) },
        { what: 'p50, ms', value: figure(quantile(sorted, 0.5)) },
        { what: 'p99, ms', value: figure(quantile(sorted, 0.99)) },
      ];
    } finally {
      await close();
    }
  },
};
