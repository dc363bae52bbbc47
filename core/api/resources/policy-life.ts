import { productOf } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { withdrawTransaction } from '#core/policy/transactions/advance.ts';
import { endorsementDraft, renewalDraft } from '#core/policy/transactions/create-change.ts';
import { cancellationDraft, reinstatementDraft } from '#core/policy/transactions/create-coverage.ts';
import { transactionDetails } from '#core/policy/transactions/details.ts';
import { needTransaction } from '#core/policy/transactions/open.ts';
import { previewUnsaved } from '#core/policy/transactions/preview.ts';
import { getTransaction } from '#core/policy/transactions/responses.ts';
import type { ProductLifecycle } from '../contracts/transactions.ts';
import type { Door } from '../door.ts';
import { PreviewRequest } from '../preview-schemas.ts';
import { Nothing } from '../schemas.ts';
import { numberIn } from './policyholders.ts';
import { lookupsOf } from './products.ts';

/** What the screens of an issued policy need beside the original's resources. */
export function policyLifeResources(door: Door): void {
  door.on(
    {
      method: 'get',
      path: '/api/products/:name/lifecycle',
      tag: 'Products',
      summary: 'What can happen to an issued policy of the product: endorsements, cancellations, payments, claims',
      query: { configVersion: 'default the newest' },
      answer: 'ProductLifecycle',
    },
    ({ desk, param, query }) => lifecycle(desk, param('name'), numberIn(query('configVersion'), 'configVersion')),
  );
  door.on(
    {
      method: 'post',
      path: '/api/policies/:locator/preview',
      tag: 'Endorsements',
      summary: 'What a transaction that nobody has made would do: price, later transactions, conflicts',
      body: PreviewRequest,
      answer: 'TransactionPreview',
    },
    ({ desk, param, body }) =>
      previewUnsaved(desk, param('locator'), (open) => {
        switch (body.type) {
          case 'endorsement':
            return endorsementDraft(desk, open, withoutSteps(body.request));
          case 'renewal':
            return renewalDraft(desk, open, withoutSteps(body.request));
          case 'cancellation':
            return cancellationDraft(desk, open, body.request);
          case 'reinstatement':
            return reinstatementDraft(
              desk,
              open,
              needTransaction(desk, body.cancellationLocator, 'cancellation').record,
              body.request,
            );
        }
      }),
  );
  door.on(
    {
      method: 'get',
      path: '/api/transactions/:locator/details',
      tag: 'Endorsements',
      summary: 'What a transaction changed, before and after, what that cost, and who did it',
      answer: 'TransactionDetails',
    },
    ({ desk, param }) => transactionDetails(desk, param('locator')),
  );
  door.on(
    {
      method: 'patch',
      path: '/api/transactions/:locator/discard',
      tag: 'Endorsements',
      summary: 'Give up what is not issued, of whatever kind it is',
      body: Nothing,
      answer: 'TransactionResponse',
    },
    async ({ desk, param, caller }) => {
      const { kind } = needTransaction(desk, param('locator')).record;
      const action = kind === 'cancellation' ? 'rescind' : 'discard';
      await withdrawTransaction(desk, caller(), param('locator'), action);
      return getTransaction(desk, param('locator'));
    },
  );
}

/** A preview goes nowhere: how far the request would go says nothing. */
function withoutSteps<T extends { state?: unknown; newPolicyEndTimestamp?: unknown }>(request: T) {
  const { state: _s, newPolicyEndTimestamp: _n, ...asked } = request;
  return asked;
}

function named(definitions: readonly { readonly name: string; readonly displayName: string }[]) {
  return definitions.map(({ name, displayName }) => ({ name, displayName }));
}

async function lifecycle(desk: Desk, name: string, version: number | undefined): Promise<ProductLifecycle> {
  const { configuration, ...deployed } = await (version === undefined
    ? desk.configurations.newestOf(name)
    : desk.configurations.version(version));
  const product = productOf({ configuration, ...deployed }, name);
  const claimFields = product.claim?.fields ?? [];
  const subclaims = product.claim?.subclaims ?? [];
  const { paymentFields } = configuration;
  return {
    endorsements: product.endorsements.map(({ name: kind, displayName, reprice }) => ({
      name: kind,
      displayName,
      reprice,
    })),
    cancellations: product.cancellations.map(({ name: kind, title, categories }) => ({
      name: kind,
      title,
      categories,
    })),
    fees: named(product.fees),
    taxes: named(product.taxes),
    paymentSchedules: named(product.paymentSchedules),
    paymentFields,
    claimFields,
    subclaims,
    lookups: lookupsOf(configuration, [
      ...paymentFields,
      ...claimFields,
      ...subclaims.flatMap((subclaim) => subclaim.fields),
    ]),
  };
}
