import type { Deployed } from '#core/desk/configurations.ts';
import { type Desk, look } from '#core/desk/desk.ts';
import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import type {
  AutofillList,
  EndorsementUpdateRequest,
  PolicyCreateRequest,
  PolicyUpdateRequest,
  RequestValues,
} from '#core/model/request.ts';
import { numbersAsText } from '#core/model/scope.ts';
import { programOf } from '#core/product/program.ts';
import { askProductPlugin, hasPlugin } from '#core/sandbox/product-plugin.ts';
import type { Change } from '#core/store/contract.ts';
import { AutofillAnswer, type AutofillOperation, type AutofillOperationType, usableAnswer } from './autofill-answer.ts';
import { callSequence, listAutofillCalls } from './autofill-calls.ts';
import { type AutofillUpdates, mergeUpdates } from './autofill-merge.ts';
import { auxDataChanges } from './aux-data.ts';
import { guestReader } from './guest-reader.ts';
import { newRun } from './rate.ts';
import { contractPeriod, RiskErrors } from './risk.ts';

const PLUGIN = 'getDataAutofill';

/** What is about to be created or changed, and what somebody asked for (formats §2.11). */
export interface AutofillQuestion {
  readonly deployed: Deployed;
  readonly product: Product;
  readonly operation: AutofillOperation;
  readonly operationType: AutofillOperationType;
  readonly policyholderLocator: string;
  readonly locators?: Readonly<
    Partial<Record<'policyLocator' | 'quoteLocator' | 'endorsementLocator' | 'renewalLocator', string>>
  >;
  readonly updates: AutofillUpdates;
  /** What is shown beside `updates` where nothing was asked for, e.g. the end of the contract; filled in values replace it. */
  readonly defaults?: AutofillUpdates;
  /** The request's own list of calls. */
  readonly autofill?: AutofillList | undefined;
}
export interface Filled<T> {
  readonly request: T;
  /** What scripts attached with `setAuxData`: to be committed with the transaction. Made when asked, in the turn of the commit. */
  readonly auxData: () => readonly Change[];
}

/**
 * Has the product's plugin fill in what a request leaves open (docs/decisions/0010). Each call sees what the ones before it filled
 * in; what somebody gave always stays. @returns undefined when nothing is called
 * Throws `invalid-fields` for a call that nobody answers to, the sandbox's problems, and `plugin-failed` (with file and line).
 */
export async function autofillUpdate(
  desk: Desk,
  question: AutofillQuestion,
): Promise<Filled<AutofillUpdates> | undefined> {
  const { product, deployed } = question;
  const calls = callsFor(desk, question);
  if (calls.length === 0) return undefined;
  const items: Parameters<typeof auxDataChanges>[1][number][] = [];
  let filled: AutofillUpdates = {};
  for (const name of calls) {
    if (name !== PLUGIN) throw unanswered(desk, deployed, name);
    const seen = mergeUpdates(question.updates, mergeUpdates(filled, question.defaults ?? {}));
    const path = product.plugins[PLUGIN]?.path ?? '';
    const { value, auxData } = await askProductPlugin({
      sandbox: desk.sandbox,
      program: programOf(deployed.configuration),
      product,
      name: PLUGIN,
      arguments: [payloadOf(question, seen)],
      answer: AutofillAnswer,
      context: newRun(desk),
      reader: guestReader(desk),
    });
    const file = `scripts/${path}`;
    const answer = usableAnswer(value, { ...question, updates: seen }, `${PLUGIN} in ${file}`, file);
    filled = mergeUpdates(answer, filled);
    items.push(...auxData);
  }
  return { request: mergeUpdates(question.updates, filled), auxData: () => auxDataChanges(desk, items) };
}

type Asked = Pick<AutofillQuestion, 'deployed' | 'product' | 'policyholderLocator' | 'locators'>;

/** A request for a new policy, filled in; undefined when nothing is called. Throws as `autofillUpdate` does. */
export async function filledCreate(
  desk: Desk,
  asked: Asked,
  request: PolicyCreateRequest,
): Promise<Filled<PolicyCreateRequest> | undefined> {
  const { policyStartTimestamp, policyEndTimestamp, paymentScheduleName, fieldValues, fieldGroups, exposures } =
    request;
  const filled = await autofillUpdate(desk, {
    ...asked,
    operation: 'newBusiness',
    operationType: 'create',
    autofill: request.autofill,
    updates: {
      policyStartTimestamp,
      policyEndTimestamp,
      paymentScheduleName,
      fieldValues,
      addFieldGroups: fieldGroups,
      addExposures: exposures,
    },
    defaults: defaultPeriod(desk, asked.deployed, asked.product, request),
  });
  if (!filled) return undefined;
  const { addFieldGroups, addExposures, ...members } = filled.request;
  return { ...filled, request: { ...request, ...members, fieldGroups: addFieldGroups, exposures: addExposures } };
}

/** A request that changes a draft, filled in; undefined when nothing is called. Throws as `autofillUpdate` does. */
export async function filledUpdate(
  desk: Desk,
  asked: Asked,
  request: PolicyUpdateRequest,
): Promise<Filled<PolicyUpdateRequest> | undefined> {
  const { name, autofill, ...updates } = request;
  const filled = await autofillUpdate(desk, {
    ...asked,
    operation: 'newBusiness',
    operationType: 'update',
    updates,
    autofill,
  });
  return filled && { ...filled, request: { ...filled.request, ...(name === undefined ? {} : { name }) } };
}

/**
 * A request for an endorsement or renewal, or for a change of one, filled in; undefined when nothing is called. What the payload
 * calls removed ends here (formats §3.6). Throws as `autofillUpdate` does.
 */
export async function filledChange<
  T extends EndorsementUpdateRequest & {
    readonly endorsementName?: string;
    readonly renewalEndTimestamp?: string | number;
    readonly autofill?: AutofillList;
  },
>(
  desk: Desk,
  asked: Asked &
    Pick<AutofillQuestion, 'operationType' | 'defaults'> & { readonly operation: 'endorsement' | 'renewal' },
  request: T,
): Promise<Filled<T> | undefined> {
  const { updateExposures, endExposures, newPaymentScheduleName, startTimestamp, renewalEndTimestamp } = request;
  const isRenewal = asked.operation === 'renewal';
  const filled = await autofillUpdate(desk, {
    ...asked,
    autofill: request.autofill,
    updates: {
      fieldValues: request.fieldValues,
      addFieldGroups: request.addFieldGroups,
      updateFieldGroups: request.updateFieldGroups,
      removeFieldGroups: request.removeFieldGroups,
      addExposures: request.addExposures,
      updateExposures: updateExposures?.map(({ endPerils, ...update }) => ({ ...update, removePerils: endPerils })),
      removeExposures: endExposures,
      paymentScheduleName: newPaymentScheduleName,
      ...(isRenewal
        ? { policyEndTimestamp: renewalEndTimestamp }
        : { endorsementName: request.endorsementName, endorsementEffectiveTimestamp: startTimestamp }),
    },
  });
  if (!filled) return undefined;
  const { policyEndTimestamp, endorsementEffectiveTimestamp, removeExposures, paymentScheduleName, ...members } =
    filled.request;
  return {
    ...filled,
    request: {
      ...request,
      ...members,
      updateExposures: members.updateExposures?.map(({ removePerils, ...update }) => ({
        ...update,
        endPerils: removePerils,
      })),
      endExposures: removeExposures,
      newPaymentScheduleName: paymentScheduleName,
      ...(isRenewal ? { renewalEndTimestamp: policyEndTimestamp } : { startTimestamp: endorsementEffectiveTimestamp }),
    },
  };
}

/**
 * Who is called: the request's list as it is; otherwise the plugin where the product has it, before the configured services unless
 * their sequence says where it stands.
 */
function callsFor(desk: Desk, { product, operation, operationType, autofill }: AutofillQuestion): readonly string[] {
  const configured = autofill ?? callSequence(listAutofillCalls(desk), product.name, operation, operationType) ?? [];
  if (!hasPlugin(product, PLUGIN)) return configured;
  return autofill || configured.includes(PLUGIN) ? configured : [PLUGIN, ...configured];
}

function unanswered(desk: Desk, { configuration }: Deployed, name: string): Problem {
  const registered = look(desk, 'integration', name)?.record;
  const type = registered?.type ?? configuration.integrations.find((known) => known.name === name)?.type;
  if (type === 'data_autofill')
    return new Problem(
      'not-implemented',
      `The service "${name}" can not be asked to fill in yet: this version asks the product's ${PLUGIN} only. Leave it out of "autofill" ([] asks nobody).`,
      { place: { field: 'autofill' } },
    );
  const what =
    type === undefined
      ? `There is no autofill service "${name}"`
      : `"${name}" is registered as ${type}, which fills in nothing`;
  const message = `${what}: name integrations of type data_autofill, or ${PLUGIN} for the product's plugin.`;
  return new Problem('invalid-fields', message, {
    place: { field: 'autofill' },
    fieldErrors: [{ fieldName: 'autofill', code: 'INVALID_VALUE', message }],
  });
}

/** The payload with all lists there, values as lists of text, numbers and timestamps as text (formats §1.5, §2.11). */
function payloadOf(question: AutofillQuestion, seen: AutofillUpdates): JsonValue {
  const { deployed, product, operation, operationType, policyholderLocator, locators } = question;
  const lists = {
    fieldValues: {},
    addFieldGroups: [],
    updateFieldGroups: [],
    removeFieldGroups: [],
    addExposures: [],
    updateExposures: [],
    removeExposures: [],
  };
  return numbersAsText({
    operation,
    operationType,
    policyholderLocator,
    productName: product.name,
    configVersion: deployed.record.configVersion,
    tenantTimeZone: deployed.configuration.timeZone,
    ...locators,
    updates: withListedValues({ ...lists, ...seen }),
  });
}

/** Every `fieldValues` inside with lists of values, as plugins see them everywhere. */
function withListedValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withListedValues);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [
      member,
      member === 'fieldValues' ? listedValues(inner as RequestValues) : withListedValues(inner),
    ]),
  );
}
function listedValues(values: RequestValues): object {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => {
      const list: readonly (JsonValue | undefined)[] = Array.isArray(value) ? value : value === null ? [] : [value];
      return [field, list.map((item) => (typeof item === 'object' ? item : String(item)))];
    }),
  );
}

/** Start and end of the contract as they will be when nobody says otherwise: scripts count from them. */
function defaultPeriod(desk: Desk, { configuration }: Deployed, product: Product, request: PolicyCreateRequest) {
  const context = { configuration, product, now: desk.now(), newLocator: () => '' };
  const { contractStart, contractEnd } = contractPeriod(request, context, new RiskErrors());
  return { policyStartTimestamp: String(contractStart), policyEndTimestamp: String(contractEnd) };
}
