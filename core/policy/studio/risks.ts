import { type Desk, findAll, locatorOf, look, need } from '#core/desk/desk.ts';
import type { PolicyRecord, QuoteRecord } from '#core/desk/records.ts';
import type { PolicyholderResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import type { PolicyCreateRequest } from '#core/model/request.ts';
import { type SampleRequest, sampleRequests } from '#core/product/sample.ts';
import { withinTime } from '#core/product/time-limit.ts';
import { insuredName } from '../insured-name.ts';
import { mediaResponse } from '../media.ts';
import { needPolicy, newPolicy, riskContext } from '../policies.ts';
import { getPolicyholder, policyholderValues } from '../policyholders.ts';
import type { Rated } from '../rate.ts';
import { policyholderResponse } from '../responses.ts';
import { newRisk, type Risk, RiskErrors } from '../risk.ts';
import type { Side } from './working-copy.ts';

/** A risk to try something on: made up from the field definitions, or a policy of the store. */
export type Subject =
  | { readonly kind: 'sampled'; readonly label: string; readonly request: SampleRequest }
  | { readonly kind: 'stored'; readonly label: string; readonly locator: string };

/** A risk on one side of a comparison. */
export interface Taken {
  readonly rated: Rated;
  /** Fields that this side asks for and the risk lacks, e.g. `vehicle.colour`. */
  readonly missing: readonly string[];
}

/** Sampled risks of a product: number `from` and the following ones; the same seed gives the same (ST8, ST11). */
export function sampledSubjects(
  { deployed, product }: Side,
  book: { readonly seed: string; readonly from: number; readonly count: number; readonly now: number },
): readonly Subject[] {
  const { from, ...options } = book;
  const requests = [...sampleRequests(product, deployed.configuration, { ...options, first: from })];
  return requests.map((request, index) => ({ kind: 'sampled', label: `${from + index + 1}`, request }));
}

/** A stored policy as a subject. Throws `not-found`. */
export function storedSubject(desk: Desk, locator: string): Subject {
  const { record } = needPolicy(desk, locator);
  return { kind: 'stored', label: labelOf(desk, record), locator: record.locator };
}

/** The newest policies of a product, discarded ones left out (ST12). */
export function storedRisks(
  desk: Desk,
  product: string,
  limit: number,
): readonly { readonly locator: string; readonly label: string }[] {
  const found: { locator: string; label: string }[] = [];
  const policies = findAll(desk, 'policy', 'productName', product).map(({ record }) => record);
  for (const policy of policies.sort((a, b) => b.createdAt - a.createdAt)) {
    if (found.length >= limit) break;
    if (look(desk, 'quote', policy.quoteLocator)?.record.state === 'discarded') continue;
    found.push({ locator: policy.locator, label: labelOf(desk, policy) });
  }
  return found;
}

function labelOf(desk: Desk, policy: PolicyRecord): string {
  const name = insuredName(desk, policy.policyholderLocator);
  const number = policy.issuedAt === undefined ? '' : policy.displayId;
  return [name, number].filter(Boolean).join(' · ') || policy.locator;
}

/** The risk as a new draft of one side. Throws `invalid-fields` for what can not be left out. */
export function take(desk: Desk, side: Side, subject: Subject): Taken {
  return subject.kind === 'sampled'
    ? takeSampled(desk, side, subject.request)
    : takeStored(desk, side, subject.locator);
}

function takeSampled(desk: Desk, { deployed, product }: Side, request: SampleRequest): Taken {
  const errors = new RiskErrors();
  const context = riskContext(desk, deployed, product);
  const risk = withinTime(`The fields of ${product.name}`, () =>
    newRisk(withoutUnknown(request.policy, product), context, errors),
  );
  const wrong = new RiskErrors();
  wrong.list.push(...errors.list.filter(({ code }) => code !== 'MISSING' && code !== 'INVALID_FIELD'));
  wrong.refuse('The sampled risk');
  const missing = errors.list.filter(({ code }) => code === 'MISSING');
  const locator = locatorOf(desk);
  const at = desk.now();
  const { values } = policyholderValues(request.policyholder.values, deployed.configuration, desk);
  const policyholder = policyholderResponse(
    { locator, createdAt: at, updatedAt: at, completed: true, entity: { values } },
    1,
  );
  return {
    rated: ratedOf(desk, { deployed, product }, risk, policyholder),
    missing: missing.map(({ path = '', fieldName }) => nameOf(path, fieldName, request)),
  };
}

/** `exposures[1].perils[0]`, `limit` → `vehicle.collision.limit`: what a person calls the field. */
function nameOf(path: string, field: string, { policy }: SampleRequest): string {
  const [, exposureIndex, perilIndex] = /^exposures\[(\d+)\](?:\.perils\[(\d+)\])?/.exec(path) ?? [];
  const exposure = exposureIndex === undefined ? undefined : policy.exposures[Number(exposureIndex)];
  const peril = perilIndex === undefined ? undefined : exposure?.perils[Number(perilIndex)];
  return [exposure?.exposureName, peril?.name, field].filter(Boolean).join('.');
}

/** What is sampled is JSON, as a request brings it. */
function withoutUnknown(policy: SampleRequest['policy'], product: Product): PolicyCreateRequest {
  const known: SampleRequest['policy'] = {
    ...policy,
    exposures: policy.exposures.flatMap((exposure) => {
      const definition = product.exposures.find(({ name }) => name === exposure.exposureName);
      if (!definition) return [];
      const perils = exposure.perils.filter(({ name }) => definition.perils.some((peril) => peril.name === name));
      return [{ ...exposure, perils }];
    }),
  };
  return known as unknown as PolicyCreateRequest;
}

function takeStored(desk: Desk, side: Side, locator: string): Taken {
  const policy = needPolicy(desk, locator).record;
  const quote: QuoteRecord = need(desk, 'quote', policy.quoteLocator).record;
  if (quote.state === 'discarded')
    throw new Problem('wrong-state', `Policy ${locator} has no quote that counts: it was discarded.`);
  const { contractStart, contractEnd, currency, paymentScheduleName, fieldValues, fieldGroupsByLocator, exposures } =
    quote;
  const risk: Risk = {
    contractStart,
    contractEnd,
    currency,
    ...(paymentScheduleName === undefined ? {} : { paymentScheduleName }),
    fieldValues,
    fieldGroupsByLocator,
    exposures,
  };
  const policyholder = getPolicyholder(desk, policy.policyholderLocator);
  return { rated: ratedOf(desk, side, risk, policyholder), missing: missingIn(side.product, risk) };
}

/** Required fields without a condition that a stored risk does not have. */
function missingIn(product: Product, risk: Risk): readonly string[] {
  const lacks = (fields: Product['fields'], values: Risk['fieldValues'], prefix: string): string[] =>
    fields
      .filter(({ name, optional, condition }) => !optional && !condition && (values[name] ?? []).length === 0)
      .map(({ name }) => `${prefix}${name}`);
  return [
    ...lacks(product.fields, risk.fieldValues, ''),
    ...risk.exposures.flatMap((exposure) => {
      const definition = product.exposures.find(({ name }) => name === exposure.name);
      return definition ? lacks(definition.fields, exposure.fieldValues, `${exposure.name}.`) : [];
    }),
  ];
}

function ratedOf(desk: Desk, { deployed, product }: Side, risk: Risk, policyholder: PolicyholderResponse): Rated {
  const locators = {
    policyLocator: locatorOf(desk),
    quoteLocator: locatorOf(desk),
    policyholderLocator: policyholder.locator,
  };
  const { policy, quote } = newPolicy(desk, locators, risk, deployed, product);
  const view: Rated['view'] = {
    policy,
    quote,
    quotes: [quote],
    transactions: [],
    invoices: [],
    payments: [],
    documents: [],
    media: (locator) => mediaResponse(desk, locator),
  };
  return { view, deployed, product, policyholder };
}
