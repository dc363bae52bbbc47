import type { Configuration, Exposure, Peril, Product } from '#core/model/product.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import type { ExposureCreateRequest, PolicyCreateRequest } from '#core/model/request.ts';
import { amountsOf, contractPeriod, type Risk, RiskErrors } from '#core/policy/risk.ts';
import { NO_GROUPS, type QuickFields, quickFields } from './fields.ts';

type QuotedExposure = Risk['exposures'][number];
type QuotedPeril = QuotedExposure['perils'][number];

interface KnownPeril {
  readonly definition: Peril;
  readonly fields: QuickFields;
  readonly amounts: QuotedPeril['amounts'];
}
interface KnownExposure {
  readonly fields: QuickFields;
  readonly perils: ReadonlyMap<string, KnownPeril>;
}
const MOST_PERIODS = 5_000;

/**
 * Makes risks of requests that plainly are what they should be, with everything that can be made once made once; the same risks as
 * `newRisk` makes (BR30). Anything else it leaves to that.
 */
export class QuickRisks {
  readonly #configuration: Configuration;
  readonly #product: Product;
  readonly #now: number;
  readonly #newLocator: () => string;
  readonly #fields: QuickFields;
  readonly #exposures: ReadonlyMap<string, KnownExposure>;
  readonly #schedules: ReadonlySet<string>;
  readonly #periods = new Map<string, { readonly contractStart: number; readonly contractEnd: number }>();

  constructor(configuration: Configuration, product: Product, now: number, newLocator: () => string) {
    this.#configuration = configuration;
    this.#product = product;
    this.#now = now;
    this.#newLocator = newLocator;
    this.#fields = quickFields(product.fields);
    this.#exposures = new Map(product.exposures.map((exposure) => [exposure.name, knownExposure(exposure)]));
    this.#schedules = new Set(product.paymentSchedules.map(({ name }) => name));
  }

  /** @returns undefined for a request that the full checks must see; the locators are to be counted anew then */
  of(request: PolicyCreateRequest): Risk | undefined {
    const { currency, paymentScheduleName = this.#product.paymentSchedules[0]?.name, exposures = [] } = request;
    if (currency !== undefined && currency !== this.#configuration.currency) return undefined;
    if (request.paymentScheduleName !== undefined && !this.#schedules.has(request.paymentScheduleName))
      return undefined;
    if ((request.fieldGroups?.length ?? 0) > 0) return undefined;
    const period = this.#period(request);
    const fieldValues = this.#fields(request.fieldValues ?? {});
    if (!period || !fieldValues) return undefined;
    const insured: QuotedExposure[] = [];
    for (const exposure of exposures) {
      const made = this.#exposure(exposure);
      if (!made) return undefined;
      insured.push(made);
    }
    return {
      ...period,
      currency: this.#configuration.currency,
      ...(paymentScheduleName === undefined ? {} : { paymentScheduleName }),
      fieldValues,
      fieldGroupsByLocator: NO_GROUPS,
      exposures: insured,
    };
  }

  #exposure(request: ExposureCreateRequest): QuotedExposure | undefined {
    const known = this.#exposures.get(request.exposureName);
    if (!known || (request.fieldGroups?.length ?? 0) > 0) return undefined;
    const [locator, row, modification] = [this.#newLocator(), this.#newLocator(), this.#newLocator()];
    const fieldValues = known.fields(request.fieldValues ?? {});
    if (!fieldValues) return undefined;
    const perils: QuotedPeril[] = [];
    for (const given of request.perils ?? []) {
      const peril = known.perils.get(given.name);
      if (!peril || (given.fieldGroups?.length ?? 0) > 0) return undefined;
      for (const before of perils) if (before.name === given.name) return undefined;
      const named = {
        locator: this.#newLocator(),
        row: this.#newLocator(),
        modification: this.#newLocator(),
        renewalGroup: this.#newLocator(),
      };
      const amounts = quickAmounts(given, peril);
      const values = peril.fields(given.fieldValues ?? {});
      if (!amounts || !values) return undefined;
      perils.push({ ...named, name: given.name, amounts, fieldValues: values, fieldGroupsByLocator: NO_GROUPS });
    }
    return {
      locator,
      row,
      modification,
      name: request.exposureName,
      fieldValues,
      fieldGroupsByLocator: NO_GROUPS,
      perils,
    };
  }

  #period(request: PolicyCreateRequest) {
    const id = `${request.policyStartTimestamp} ${request.policyEndTimestamp}`;
    const known = this.#periods.get(id);
    if (known) return known;
    const errors = new RiskErrors();
    const at = {
      configuration: this.#configuration,
      product: this.#product,
      now: this.#now,
      newLocator: this.#newLocator,
    };
    const period = contractPeriod(request, at, errors);
    if (errors.list.length > 0) return undefined;
    if (this.#periods.size < MOST_PERIODS) this.#periods.set(id, period);
    return period;
  }
}

function knownExposure(exposure: Exposure): KnownExposure {
  return {
    fields: quickFields(exposure.fields),
    perils: new Map(
      exposure.perils.map((definition) => [
        definition.name,
        {
          definition,
          fields: quickFields(definition.fields),
          amounts: amountsOf({}, definition, definition.amounts, '', new RiskErrors()),
        },
      ]),
    ),
  };
}

function quickAmounts(
  given: NonNullable<ExposureCreateRequest['perils']>[number],
  { amounts, definition }: KnownPeril,
): QuotedPeril['amounts'] | undefined {
  for (const name of PERIL_AMOUNTS) {
    if (given[name] === undefined) continue;
    const errors = new RiskErrors();
    const made = amountsOf(given, definition, definition.amounts, '', errors);
    return errors.list.length > 0 ? undefined : made;
  }
  return amounts;
}
