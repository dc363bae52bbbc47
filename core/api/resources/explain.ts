import { findNearest } from '#core/policy/near-miss.ts';
import type { NearestAnswer } from '../contracts/explain.ts';
import type { Door } from '../door.ts';
import { problemDocument } from '../problem-document.ts';
import { QuoteRequest } from '../schemas.ts';

/** What would have to be different: questions about a decision. */
export function explainResources(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/api/products/:name/nearest',
      tag: 'Products',
      summary: 'The nearest changes of an unsaved risk that would be accepted',
      body: QuoteRequest,
      answer: 'NearestAnswer',
    },
    async ({ desk, param, body, context }): Promise<NearestAnswer> => {
      const { premiumReportName: _p, overrideResourcesAsOfTimestamp: _o, finalize: _f, ...policy } = body.policy;
      const asked = {
        policyholder: { values: body.policyholder?.values ?? {} },
        policy: { ...policy, productName: param('name') },
      };
      // Who hangs up wants no answer any more: the search ends.
      const { problem, ...answer } = await findNearest(desk, asked, { signal: context.req.raw.signal });
      return { ...answer, ...(problem ? { problem: problemDocument(problem) } : {}) };
    },
  );
}
