import type { Configuration, Exposure, Peril, Product } from '#core/model/product.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import type { ExposureCreateRequest, PolicyCreateRequest } from '#core/model/request.ts';
import { amountsOf, contractPeriod, type Risk, RiskErrors } from '#core/policy/risk.ts';
import { NO_GROUPS, type QuickFields, quickFields } from './fields.ts';
import { SlotFields } from './slot-fields.ts';

type QuotedExposure = Risk['exposures'][number];
type QuotedPeril = QuotedExposure['perils'][number];

export interface KnownPeril {
  readonly definition: Peril;
  readonly fields: QuickFields;
  readonly slots: SlotFields;
  readonly amounts: QuotedPeril['amounts'];
}
export interface KnownExposure {
  readonly name: string;
  readonly fields: QuickFields;
  readonly slots: SlotFields;
  readonly perils: ReadonlyMap<string, KnownPeril>;
}
export type Period = Pick<Risk, 'contractStart' | 'contractEnd'>;
type ExposureNames = Pick<QuotedExposure, 'locator' | 'row' | 'modification'>;
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
  readonly #periods = new Map<string, Period>();
  readonly policyFields: SlotFields;

  /** @param reads names of the fields that lines are read for; undefined for all */
  constructor(
    configuration: Configuration,
    product: Product,
    now: number,
    newLocator: () => string,
    reads?: ReadonlySet<string>,
  ) {
    this.#configuration = configuration;
    this.#product = product;
    this.#now = now;
    this.#newLocator = newLocator;
    this.#fields = quickFields(product.fields);
    this.policyFields = new SlotFields(product.fields, false, reads);
    this.#exposures = new Map(product.exposures.map((exposure) => [exposure.name, knownExposure(exposure, reads)]));
    this.#schedules = new Set(product.paymentSchedules.map(({ name }) => name));
  }

  /** @returns undefined for a request that the full checks must see; the locators are to be counted anew then */
  of(request: PolicyCreateRequest): Risk | undefined {
    const { currency, exposures = [] } = request;
    if (currency !== undefined && currency !== this.currency) return undefined;
    if ((request.fieldGroups?.length ?? 0) > 0) return undefined;
    const period = this.period(request);
    const fieldValues = this.#fields(request.fieldValues ?? {});
    if (!period || !fieldValues) return undefined;
    const insured: QuotedExposure[] = [];
    for (const exposure of exposures) {
      const made = this.#exposure(exposure);
      if (!made) return undefined;
      insured.push(made);
    }
    return this.made(period, request.paymentScheduleName, fieldValues, insured);
  }

  get currency(): string {
    return this.#configuration.currency;
  }

  /** A risk of its parts. @returns undefined for a schedule that is not known */
  made(
    period: Period,
    schedule: string | undefined,
    fieldValues: Risk['fieldValues'],
    exposures: Risk['exposures'],
  ): Risk | undefined {
    if (schedule !== undefined && !this.#schedules.has(schedule)) return undefined;
    const paymentScheduleName = schedule ?? this.#product.paymentSchedules[0]?.name;
    return {
      ...period,
      currency: this.currency,
      ...(paymentScheduleName === undefined ? {} : { paymentScheduleName }),
      fieldValues,
      fieldGroupsByLocator: NO_GROUPS,
      exposures,
    };
  }

  knownExposure(name: string): KnownExposure | undefined {
    return this.#exposures.get(name);
  }

  /** The names of the next exposure: they are counted before those of its perils. */
  newExposure(): ExposureNames {
    const newLocator = this.#newLocator;
    return { locator: newLocator(), row: newLocator(), modification: newLocator() };
  }

  exposureOf(
    { locator, row, modification }: ExposureNames,
    { name }: KnownExposure,
    fieldValues: QuotedExposure['fieldValues'],
    perils: QuotedExposure['perils'],
  ): QuotedExposure {
    return { locator, row, modification, name, fieldValues, fieldGroupsByLocator: NO_GROUPS, perils };
  }

  /** The next peril of an exposure. @param before those before it; one that is there twice is for the full check */
  perilOf(
    known: KnownPeril,
    before: QuotedExposure['perils'],
    given: Given | undefined,
    fieldValues: QuotedPeril['fieldValues'] | undefined,
  ): QuotedPeril | undefined {
    const { name } = known.definition;
    for (const one of before) if (one.name === name) return undefined;
    const newLocator = this.#newLocator;
    const locator = newLocator();
    const row = newLocator();
    const modification = newLocator();
    const renewalGroup = newLocator();
    const amounts = given ? quickAmounts(given, known) : known.amounts;
    if (!amounts || !fieldValues) return undefined;
    return { locator, row, modification, renewalGroup, name, amounts, fieldValues, fieldGroupsByLocator: NO_GROUPS };
  }

  #exposure(request: ExposureCreateRequest): QuotedExposure | undefined {
    const known = this.#exposures.get(request.exposureName);
    if (!known || (request.fieldGroups?.length ?? 0) > 0) return undefined;
    const named = this.newExposure();
    const fieldValues = known.fields(request.fieldValues ?? {});
    if (!fieldValues) return undefined;
    const perils: QuotedPeril[] = [];
    for (const given of request.perils ?? []) {
      const peril = known.perils.get(given.name);
      if (!peril || (given.fieldGroups?.length ?? 0) > 0) return undefined;
      const made = this.perilOf(peril, perils, given, peril.fields(given.fieldValues ?? {}));
      if (!made) return undefined;
      perils.push(made);
    }
    return this.exposureOf(named, known, fieldValues, perils);
  }

  /** @returns undefined for one that the full checks must see */
  period(request: Pick<PolicyCreateRequest, 'policyStartTimestamp' | 'policyEndTimestamp'>): Period | undefined {
    const { policyStartTimestamp: start, policyEndTimestamp: end } = request;
    const id = `${typeof start} ${start} ${typeof end} ${end}`;
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

function knownExposure(exposure: Exposure, reads: ReadonlySet<string> | undefined): KnownExposure {
  return {
    name: exposure.name,
    fields: quickFields(exposure.fields),
    slots: new SlotFields(exposure.fields, false, reads),
    perils: new Map(
      exposure.perils.map((definition) => [
        definition.name,
        {
          definition,
          fields: quickFields(definition.fields),
          slots: new SlotFields(definition.fields, false, reads),
          amounts: amountsOf({}, definition, definition.amounts, '', new RiskErrors()),
        },
      ]),
    ),
  };
}

export type Given = Partial<NonNullable<ExposureCreateRequest['perils']>[number]>;

function quickAmounts(given: Given, { amounts, definition }: KnownPeril): QuotedPeril['amounts'] | undefined {
  for (const name of PERIL_AMOUNTS) {
    if (given[name] === undefined) continue;
    const errors = new RiskErrors();
    const made = amountsOf(given, definition, definition.amounts, '', errors);
    return errors.list.length > 0 ? undefined : made;
  }
  return amounts;
}
