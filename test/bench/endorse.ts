import { readFile } from 'node:fs/promises';
import type { QuoteRequest } from '#core/api/contract.ts';
import { createPolicy } from '#core/policy/drafts.ts';
import { finalizePolicy } from '#core/policy/finalize.ts';
import { issuePolicy } from '#core/policy/issue.ts';
import { getPolicy } from '#core/policy/policies.ts';
import { createPolicyholder } from '#core/policy/policyholders.ts';
import { openThrowawayDesk } from '#core/policy/throwaway.ts';
import { advanceTransaction } from '#core/policy/transactions/advance.ts';
import { createEndorsement } from '#core/policy/transactions/create-change.ts';
import { loadConfiguration } from '#core/product/load.ts';
import type { Bench } from './bench.ts';
import { figure, quantile } from './measure.ts';

const POLICIES = 100;
const EACH = 10;
const PRODUCT = 'commercial-property';
const CASE = `examples/${PRODUCT}/products/${PRODUCT}/tests/two-locations.case.json`;
const DAY = 86_400_000;

/** (h) Endorsements from request to `quoted`: replay, proration, JavaScript rater and underwriter, billing plan, durable commit. */
export const endorse: Bench = {
  name: `(h) endorsements of examples/${PRODUCT} quoted end to end, encrypted, durable`,
  async run() {
    const golden = JSON.parse(await readFile(CASE, 'utf8')) as {
      policyholder: NonNullable<QuoteRequest['policyholder']>;
      policyCreate: QuoteRequest['policy'];
    };
    const configuration = await loadConfiguration({ folder: `examples/${PRODUCT}` });
    const [endorsement] = configuration.products[0]?.endorsements ?? [];
    if (!endorsement) throw new Error(`${PRODUCT} has no endorsement to measure.`);
    const { desk, caller, close } = await openThrowawayDesk(configuration, { documents: 'later' });
    try {
      const holder = await createPolicyholder(desk, caller, { completed: true, ...golden.policyholder });
      const policies: string[] = [];
      for (let made = 0; made < POLICIES; made += 1) {
        const request = { ...golden.policyCreate, productName: PRODUCT, policyholderLocator: holder.locator };
        const { locator } = await createPolicy(desk, caller, request);
        await finalizePolicy(desk, caller, locator);
        await issuePolicy(desk, caller, locator);
        policies.push(locator);
      }
      const times: number[] = [];
      const began = performance.now();
      for (let round = 0; round < EACH; round += 1)
        for (const policyLocator of policies) {
          const started = performance.now();
          await quoteEndorsement(policyLocator, round);
          times.push(performance.now() - started);
        }
      const rate = (times.length / (performance.now() - began)) * 1000;
      const sorted = times.toSorted((a, b) => a - b);
      return [
        { what: 'endorsements quoted a second', value: figure(rate), aim: 'over 50', ok: rate > 50 },
        { what: 'p50, ms', value: figure(quantile(sorted, 0.5)) },
        { what: 'p99, ms', value: figure(quantile(sorted, 0.99)) },
      ];

      async function quoteEndorsement(policyLocator: string, round: number): Promise<void> {
        const policy = getPolicy(desk, policyLocator);
        const [exposure] = policy.exposures;
        const [row] = exposure?.characteristics ?? [];
        const [name, values] =
          Object.entries(row?.fieldValues ?? {}).find(([, list]) => /^\d{4,}$/.test(list[0] ?? '')) ?? [];
        if (!exposure || name === undefined) throw new Error('The risk has no number to change.');
        const locator = await createEndorsement(desk, caller, policyLocator, {
          endorsementName: endorsement?.name ?? '',
          startTimestamp: Number(policy.originalContractStartTimestamp) + (30 + round) * DAY,
          updateExposures: [
            { exposureLocator: exposure.locator, fieldValues: { [name]: Number(values?.[0]) + 1_000 * (round + 1) } },
          ],
        });
        await advanceTransaction(desk, caller, locator, 'quoted');
      }
    } finally {
      await close();
    }
  },
};
