import { productOf } from '#core/desk/configurations.ts';
import { answeredBefore, type Caller, commit, type Desk, look, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import type { QuoteRecord } from '#core/desk/records.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import { isMutable } from '#core/model/quote-state.ts';
import type { PolicyCreateRequest, PolicyUpdateRequest } from '#core/model/request.ts';
import { withinTime } from '#core/product/time-limit.ts';
import { filledCreate, filledUpdate } from './autofill.ts';
import { assignedFor } from './experiments.ts';
import { type Case, getPolicy, newPolicy, openCase, riskContext } from './policies.ts';
import { newRisk, RiskErrors } from './risk.ts';
import { updatedRisk } from './risk-update.ts';

/**
 * Makes a policy with its first quote, a draft (formats §3.4). Throws `not-found` for the product or policyholder,
 * `invalid-fields` with everything that is wrong with the request.
 */
export async function createPolicy(desk: Desk, caller: Caller, request: PolicyCreateRequest): Promise<PolicyResponse> {
  const before = answeredBefore(desk, caller, 'policy.create', request);
  if (before !== undefined) return getPolicy(desk, before);
  const holder = request.policyholderLocator;
  const who = holder === undefined ? undefined : look(desk, 'policyholder', holder)?.record.entity.values;
  const { deployed, experiment } = await assignedFor(desk, request, who ?? {});
  const product = productOf(deployed, request.productName);
  // Nobody is asked to fill in a request without a policyholder: it is refused anyway.
  const filled =
    holder !== undefined && look(desk, 'policyholder', holder)
      ? await filledCreate(desk, { deployed, product, policyholderLocator: holder }, request)
      : undefined;
  const errors = new RiskErrors();
  if (holder === undefined) errors.add('', 'policyholderLocator', 'MISSING', 'Say whose policy it is.');
  else if (!look(desk, 'policyholder', holder))
    errors.add('', 'policyholderLocator', 'INVALID_VALUE', `There is no policyholder ${holder}.`);
  const context = riskContext(desk, deployed, product);
  const risk = withinTime(`The fields of ${product.name}`, () => newRisk(filled?.request ?? request, context, errors));
  errors.refuse('The policy');

  const { numbers, change } = takeNumbers(desk, 'locator', 2);
  const [policyLocator = '', quoteLocator = ''] = numbers;
  const policyholderLocator = holder ?? '';
  const { policy, quote } = newPolicy(
    desk,
    { policyLocator, quoteLocator, policyholderLocator },
    risk,
    deployed,
    product,
  );
  commit(desk, caller, {
    name: 'policy.create',
    arguments: { policy: policyLocator, policyholder: policyholderLocator, product: product.name },
    configuration: deployed.record.commit,
    changes: [
      change,
      write('policy', policyLocator, 0, experiment ? { ...policy, experiment } : policy),
      write('quote', quoteLocator, 0, quote, policyholderLocator),
      ...(filled?.auxData() ?? []),
    ],
    result: policyLocator,
    request,
  });
  return getPolicy(desk, policyLocator);
}

/** Changes the selected quote while it is a draft. Throws `wrong-state`, `invalid-fields`. */
export async function updatePolicy(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: PolicyUpdateRequest,
): Promise<PolicyResponse> {
  await updateDraft(desk, caller, () => openCase(desk, locator), request);
  return getPolicy(desk, locator);
}

/**
 * Changes a draft and saves it, with what autofill fills in (formats §2.11). Throws `wrong-state` for a quote that is locked,
 * `invalid-fields` with everything that is wrong. @param open reads the case: again after the last wait
 */
export async function updateDraft(
  desk: Desk,
  caller: Caller,
  open: () => Promise<Case>,
  request: PolicyUpdateRequest,
): Promise<void> {
  const first = await open();
  if (answeredBefore(desk, caller, 'quote.update', request) !== undefined) return;
  requireDraft(first);
  const filled = await filledUpdate(desk, { ...first, ...whoseDraft(first) }, request);
  const found = await open();
  requireDraft(found);
  const { quote, product, deployed } = found;
  const { locator } = quote.record;
  const errors = new RiskErrors();
  const context = riskContext(desk, deployed, product);
  const risk = withinTime(`The fields of ${product.name}`, () =>
    updatedRisk(quote.record, filled?.request ?? request, context, errors),
  );
  errors.refuse('The change');
  const changed: QuoteRecord = {
    ...quote.record,
    ...risk,
    ...(request.name === undefined ? {} : { name: request.name }),
    updatedAt: desk.now(),
  };
  commit(desk, caller, {
    name: 'quote.update',
    arguments: { quote: locator },
    configuration: deployed.record.commit,
    changes: [
      write('quote', locator, quote.version, changed, quote.record.policyholderLocator),
      ...(filled?.auxData() ?? []),
    ],
    result: locator,
    request,
  });
}

function requireDraft({ quote }: Case): void {
  const { locator, state } = quote.record;
  if (isMutable(state)) return;
  throw new Problem(
    'wrong-state',
    `Quote ${locator} is ${state}: only drafts can be changed. Copy it to change it (POST /quotes/${locator}/createNew).`,
    { place: { locator } },
  );
}

function whoseDraft({ policy, quote }: Case) {
  const { policyholderLocator } = policy.record;
  return { policyholderLocator, locators: { policyLocator: policy.locator, quoteLocator: quote.locator } };
}
