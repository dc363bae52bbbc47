import type { QuotedExposure, QuotedPeril, QuoteRecord } from '#core/desk/records.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition, FieldGroups, FieldValues } from '#core/model/field.ts';
import { type FieldGroupInput, type FieldInput, validateFields } from '#core/model/field-values.ts';
import type { FieldError } from '#core/model/problem.ts';
import { Problem } from '#core/model/problem.ts';
import {
  type Configuration,
  type Exposure,
  PERIL_AMOUNTS,
  type Peril,
  type PerilAmount,
  type Product,
} from '#core/model/product.ts';
import type {
  ExposureCreateRequest,
  PerilCreateRequest,
  PolicyCreateRequest,
  RequestGroup,
  RequestValues,
} from '#core/model/request.ts';
import { addCalendar, calendarDay, type Millis, startOfDay } from '#core/model/time.ts';

/** What is insured and when: the part of a quote that a draft may change. */
export type Risk = Pick<
  QuoteRecord,
  | 'contractStart'
  | 'contractEnd'
  | 'currency'
  | 'paymentScheduleName'
  | 'fieldValues'
  | 'fieldGroupsByLocator'
  | 'exposures'
>;
/** Where a risk is made: its product and the only clock and locators there are. */
export interface RiskContext {
  readonly configuration: Configuration;
  readonly product: Product;
  readonly now: Millis;
  newLocator(): string;
}
/** Fields of one entity as a request brings them; repeats of groups that are there already have a locator. */
export interface Entity {
  readonly fieldValues: FieldInput;
  readonly groups: readonly FieldGroupInput[];
  /** Values carried over from before: those that a condition hides now are dropped, not refused. */
  readonly carried?: boolean;
}
interface Checked {
  readonly fieldValues: FieldValues;
  readonly fieldGroupsByLocator: FieldGroups;
}

/** Collects what is wrong with a risk: everything at once, each with its field and path (formats §3.9). */
export class RiskErrors {
  readonly list: FieldError[] = [];
  readonly #nameOf: (fieldName: string) => string;

  /** @param nameOf what the request calls a field that the checks know by another name */
  constructor(nameOf = (fieldName: string) => fieldName) {
    this.#nameOf = nameOf;
  }

  add(path: string, fieldName: string, code: FieldError['code'], message: string): void {
    this.list.push({ fieldName: this.#nameOf(fieldName), code, message, ...(path === '' ? {} : { path }) });
  }

  /** Throws `invalid-fields` when something was wrong. */
  refuse(what: string): void {
    const [first] = this.list;
    if (!first) return;
    const more = this.list.length > 1 ? ` (and ${this.list.length - 1} more)` : '';
    const where = first.path === undefined ? first.fieldName : `${first.path}.${first.fieldName}`;
    throw new Problem('invalid-fields', `${what} can not be taken: ${where}: ${first.message}${more}`, {
      fieldErrors: this.list,
      place: { field: where },
    });
  }
}

/** The risk of a request (formats §3.4) with defaults filled in; what is wrong with it goes to `errors`. */
export function newRisk(request: PolicyCreateRequest, context: RiskContext, errors: RiskErrors): Risk {
  const { product, configuration } = context;
  const period = contractPeriod(request, context, errors);
  const entity = checkEntity(product.fields, entityOf(request), '', context, errors);
  return {
    ...period,
    currency: currencyOf(request.currency, configuration, errors),
    ...scheduleOf(request.paymentScheduleName, product, errors),
    ...entity,
    exposures: (request.exposures ?? []).flatMap(
      (exposure, i) => newExposure(exposure, `exposures[${i}]`, context, errors) ?? [],
    ),
  };
}

/** A new exposure; undefined when the product knows none of that name. */
export function newExposure(
  request: ExposureCreateRequest,
  path: string,
  context: RiskContext,
  errors: RiskErrors,
): QuotedExposure | undefined {
  const definition = exposureNamed(request.exposureName, context.product);
  if (!definition) {
    const known = context.product.exposures.map(({ name }) => name).join(', ');
    errors.add(
      path,
      'exposureName',
      'INVALID_VALUE',
      `There is no exposure "${request.exposureName}". There are: ${known}.`,
    );
    return undefined;
  }
  return {
    locator: context.newLocator(),
    row: context.newLocator(),
    modification: context.newLocator(),
    name: definition.name,
    ...checkEntity(definition.fields, entityOf(request), path, context, errors),
    perils: addPerils([], request.perils ?? [], definition, `${path}.perils`, context, errors),
  };
}

export function exposureNamed(name: string, product: Product): Exposure | undefined {
  return product.exposures.find((exposure) => exposure.name === name);
}

/** The perils of an exposure with new ones added. An exposure has each peril at most once. */
export function addPerils(
  present: readonly QuotedPeril[],
  requests: readonly (PerilCreateRequest & { readonly name: string })[],
  exposure: Exposure,
  path: string,
  context: RiskContext,
  errors: RiskErrors,
): QuotedPeril[] {
  const perils = [...present];
  for (const [i, request] of requests.entries()) {
    const at = `${path}[${i}]`;
    const definition = exposure.perils.find(({ name }) => name === request.name);
    if (!definition) {
      const known = exposure.perils.map(({ name }) => name).join(', ');
      errors.add(
        at,
        'name',
        'INVALID_VALUE',
        `The exposure ${exposure.name} has no peril "${request.name}". It has: ${known}.`,
      );
    } else if (perils.some(({ name }) => name === definition.name)) {
      errors.add(at, 'name', 'INVALID_VALUE', `The peril ${definition.name} is there already.`);
    } else {
      perils.push({
        locator: context.newLocator(),
        row: context.newLocator(),
        modification: context.newLocator(),
        renewalGroup: context.newLocator(),
        name: definition.name,
        amounts: amountsOf(request, definition, definition.amounts, at, errors),
        ...checkEntity(definition.fields, entityOf(request), at, context, errors),
      });
    }
  }
  return perils;
}

/** The peril's own amounts: what the request gives over what was there. Numbers, or `unlimited`; null takes one away. */
export function amountsOf(
  request: Readonly<Partial<Record<PerilAmount, string | number | null>>>,
  definition: Peril,
  before: QuotedPeril['amounts'],
  path: string,
  errors: RiskErrors,
): QuotedPeril['amounts'] {
  // A configuration may declare an amount with an empty default.
  const amounts: QuotedPeril['amounts'] = Object.fromEntries(
    Object.entries(before).filter(([, amount]) => amount.trim() !== ''),
  );
  for (const name of PERIL_AMOUNTS) {
    const given = request[name];
    if (given === undefined) continue;
    const text = String(given ?? '').trim();
    const number = parseDecimal(text);
    if (text === '') delete amounts[name];
    else if (text === 'unlimited' || number?.gte(0)) amounts[name] = number ? number.toFixed() : text;
    else
      errors.add(
        path,
        name,
        number ? 'INVALID_VALUE' : 'INVALID_TYPE',
        `"${text}" is no amount for ${definition.displayName}.`,
      );
  }
  return amounts;
}

/** Checks one entity's fields against its definitions and brings them into their stored form. */
export function checkEntity(
  definitions: readonly FieldDefinition[],
  entity: Entity,
  path: string,
  context: RiskContext,
  errors: RiskErrors,
): Checked {
  const { timeZone, tables } = context.configuration;
  const checked = validateFields(definitions, entity.fieldValues, entity.groups, {
    now: context.now,
    timeZone,
    tables,
    newLocator: context.newLocator,
    path,
    hidden: entity.carried ? 'drop' : 'refuse',
  });
  errors.list.push(...checked.errors);
  return { fieldValues: checked.values, fieldGroupsByLocator: checked.groups };
}

function entityOf(request: {
  readonly fieldValues?: RequestValues;
  readonly fieldGroups?: readonly RequestGroup[];
}): Entity {
  return { fieldValues: request.fieldValues ?? {}, groups: request.fieldGroups ?? [] };
}

/** Start and end of the contract: today at midnight in the tenant's zone, and a year later, where nothing is said. */
export function contractPeriod(
  request: Pick<PolicyCreateRequest, 'policyStartTimestamp' | 'policyEndTimestamp'>,
  context: RiskContext,
  errors: RiskErrors,
): { contractStart: Millis; contractEnd: Millis } {
  const { timeZone } = context.configuration;
  const given = (name: 'policyStartTimestamp' | 'policyEndTimestamp'): Millis | undefined => {
    const value = request[name];
    if (value === undefined || value === '') return undefined;
    const number = parseDecimal(value);
    if (number?.isInteger() && number.abs().lte(MOST_MILLIS)) return number.toNumber();
    errors.add('', name, 'INVALID_TYPE', `"${String(value)}" is no timestamp: give milliseconds since 1970.`);
    return undefined;
  };
  const contractStart = given('policyStartTimestamp') ?? startOfDay(calendarDay(context.now, timeZone), timeZone);
  const contractEnd = given('policyEndTimestamp') ?? addCalendar(contractStart, { years: 1 }, timeZone);
  if (contractEnd <= contractStart)
    errors.add('', 'policyEndTimestamp', 'INVALID_VALUE', 'The policy must end after it starts.');
  return { contractStart, contractEnd };
}
/** The end of the year 9999: later is a mistake, not a policy. */
const MOST_MILLIS = new Decimal(253_402_300_799_999);

function currencyOf(given: string | undefined, configuration: Configuration, errors: RiskErrors): string {
  if (given === undefined) return configuration.currency;
  const currency = given.toUpperCase();
  if (Intl.supportedValuesOf('currency').includes(currency)) return currency;
  errors.add('', 'currency', 'INVALID_VALUE', `"${given}" is no ISO 4217 currency.`);
  return configuration.currency;
}

/** The payment schedule that a request names, else the product's first. Adds an error for one that the product does not have. */
export function scheduleOf(
  given: string | undefined,
  product: Product,
  errors: RiskErrors,
): { paymentScheduleName?: string } {
  const known = product.paymentSchedules.map(({ name }) => name);
  const paymentScheduleName = given ?? known[0];
  if (paymentScheduleName === undefined) return {};
  if (given !== undefined && known.length > 0 && !known.includes(given))
    errors.add(
      '',
      'paymentScheduleName',
      'INVALID_VALUE',
      `There is no schedule "${given}". There are: ${known.join(', ')}.`,
    );
  return { paymentScheduleName };
}
