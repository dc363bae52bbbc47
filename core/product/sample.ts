import type { FieldGroupInput } from '#core/model/field-values.ts';
import {
  type Configuration,
  type Exposure,
  PERIL_AMOUNTS,
  type Peril,
  type PerilAmount,
  type Product,
} from '#core/model/product.ts';
import { addCalendar, calendarDay, startOfDay } from '#core/model/time.ts';
import { Random } from './random.ts';
import { type SampleContext, type SampledFields, sampleFields } from './sample-values.ts';

export interface SampleOptions {
  readonly count: number;
  /** The same seed gives the same requests. */
  readonly seed: string;
  /**
   * Milliseconds: the moment at which the requests should be valid. Only dates that are bounded relative to now depend on it;
   * without it they too follow from the seed.
   */
  readonly now?: number;
  /** How many to leave out at the beginning: a long book can be made in slices. */
  readonly first?: number;
}
type Values = SampledFields['fieldValues'];
/** A PolicyCreateRequest (formats §3.4) without its policyholder's locator. Timestamps are milliseconds as text. */
export interface SamplePolicy {
  readonly productName: string;
  readonly policyStartTimestamp: string;
  readonly policyEndTimestamp: string;
  readonly fieldValues: Values;
  readonly fieldGroups: readonly FieldGroupInput[];
  readonly exposures: readonly SampleExposure[];
}
export interface SampleExposure {
  readonly exposureName: string;
  readonly fieldValues: Values;
  readonly fieldGroups: readonly FieldGroupInput[];
  readonly perils: readonly SamplePeril[];
}
export interface SamplePeril extends Partial<Record<PerilAmount, string>> {
  readonly name: string;
  readonly fieldValues: Values;
  readonly fieldGroups: readonly FieldGroupInput[];
}
export interface SampleRequest {
  readonly policyholder: { readonly values: Readonly<Record<string, readonly string[]>> };
  readonly policy: SamplePolicy;
}

/** Around this day all policies begin, within a year. */
const FIRST_DAY = '2026-01-01';

/**
 * Valid random requests for a product from its field definitions: every exposure one to three times with all its perils, a
 * term of twelve months. What is generated passes `validateFields`.
 */
export function* sampleRequests(
  product: Product,
  configuration: Configuration,
  { count, seed, now, first = 0 }: SampleOptions,
): Generator<SampleRequest> {
  const { timeZone, tables } = configuration;
  const reads = amountsRead(product, configuration);
  for (let i = first; i < first + count; i += 1) {
    const random = new Random(`${product.name}/${seed}/${i}`);
    const start = addCalendar(startOfDay(FIRST_DAY, timeZone), { days: random.integer(0, 364) }, timeZone);
    const context = { random, tables, timeZone, now: now ?? start, today: calendarDay(start, timeZone) };
    const { fieldValues } = sampleFields(configuration.policyholder.fields, context);
    const values = Object.entries(fieldValues).map(([name, value]) => [
      name,
      typeof value === 'string' ? [value] : value,
    ]);
    yield {
      policyholder: { values: Object.fromEntries(values) },
      policy: {
        productName: product.name,
        policyStartTimestamp: String(start),
        policyEndTimestamp: String(addCalendar(start, { years: 1 }, timeZone)),
        ...sampleFields(product.fields, context),
        exposures: product.exposures.flatMap((exposure) => sampleExposures(exposure, reads, context)),
      },
    };
  }
}

/** Whether what prices a peril mentions one of its amounts. */
type Reads = (peril: Peril, amount: PerilAmount) => boolean;

/** Perils are rated on amounts that their own files do not declare: without them every sample would cost nothing. */
function amountsRead(product: Product, { files, scripts }: Configuration): Reads {
  const plugin = product.plugins.getPerilRates?.enabled === true ? Object.values(scripts).join('\n') : undefined;
  return ({ premiumFile }, amount) => {
    const premium = new TextDecoder().decode(premiumFile === undefined ? undefined : files.get(premiumFile));
    return plugin?.includes(amount) ?? premium.includes(snakeCase(amount));
  };
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function sampleExposures(exposure: Exposure, reads: Reads, context: SampleContext): readonly SampleExposure[] {
  const { random } = context;
  const count = random.chance(0.7) ? 1 : random.integer(2, 3);
  return Array.from({ length: count }, () => ({
    exposureName: exposure.name,
    ...sampleFields(exposure.fields, context),
    perils: exposure.perils.map((peril) => samplePeril(peril, reads, context)),
  }));
}

function samplePeril(peril: Peril, reads: Reads, context: SampleContext): SamplePeril {
  const amounts: Partial<Record<PerilAmount, string>> = {};
  for (const key of PERIL_AMOUNTS) {
    const amount = peril.amounts[key] ?? (reads(peril, key) ? '0' : undefined);
    const sampled = amount === undefined ? undefined : sampleAmount(key, amount, context.random);
    if (sampled !== undefined) amounts[key] = sampled;
  }
  return { name: peril.name, ...sampleFields(peril.fields, context), ...amounts };
}

/** The configured amount or a usual multiple of it; half of the time nothing, so that the configured amount counts. */
function sampleAmount(key: PerilAmount, amount: string, random: Random): string | undefined {
  const number = Number(amount);
  if (amount === '' || !Number.isFinite(number) || random.chance(0.5)) return undefined;
  if (number > 0) return String(Math.round(number * (random.pick([0.5, 1, 1, 2]) ?? 1)));
  return key === 'deductible' ? String(random.pick([0, 250, 500])) : String(random.integer(1, 10) * 10_000);
}
