import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { FieldValues } from '#core/model/field.ts';
import type { JsonObject } from '#core/model/json.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type {
  PerilCharacteristics,
  PolicyExposurePeril,
  PolicyholderResponse,
  PolicyResponse,
} from '#core/model/policy.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { Risk } from '#core/policy/risk.ts';

/** What a policy that nobody saved is called by: the same for every risk, so that a book is rated the same twice (BR3). */
export interface Identity {
  readonly policy: string;
  readonly quote: string;
  readonly policyholder: string;
  readonly row: string;
  readonly modification: string;
}
export interface NewBusiness {
  readonly policy: PolicyResponse;
  readonly toPrice: readonly PolicyExposurePeril[];
}

/**
 * A risk as the engines see it while it is quoted for the first time: the same bytes as `policyResponse` makes of the records of a
 * new quote (a test compares them), without the records and without a timeline to replay.
 */
export function newBusiness(
  risk: Risk,
  product: string,
  configVersion: number,
  clock: Millis,
  identity: Identity,
  amountText: (amount: string, decimals: number) => string = shownAmount,
): NewBusiness {
  const now = String(clock);
  const start = String(risk.contractStart);
  const end = String(risk.contractEnd);
  const { currency } = risk;
  const decimals = currencyDecimals(currency);
  const zero = zeroText(decimals);
  const toPrice: PolicyExposurePeril[] = [];
  const policy: PolicyResponse = {
    locator: identity.policy,
    displayId: identity.policy,
    policyholderLocator: identity.policyholder,
    productLocator: product,
    productName: product,
    currency,
    configVersion,
    createdTimestamp: now,
    updatedTimestamp: now,
    originalContractStartTimestamp: start,
    originalContractEndTimestamp: end,
    effectiveContractEndTimestamp: end,
    characteristics: [
      {
        locator: identity.row,
        policyLocator: identity.policy,
        policyholderLocator: identity.policyholder,
        productLocator: product,
        createdTimestamp: now,
        updatedTimestamp: now,
        startTimestamp: start,
        endTimestamp: end,
        policyStartTimestamp: start,
        policyEndTimestamp: end,
        fieldValues: risk.fieldValues,
        fieldGroupsByLocator: risk.fieldGroupsByLocator,
        mediaByLocator: {},
        grossPremium: zero,
        grossPremiumCurrency: currency,
        grossTaxes: zero,
        grossTaxesCurrency: currency,
        taxGroups: [],
      },
    ],
    exposures: risk.exposures.map((exposure) => ({
      locator: exposure.locator,
      name: exposure.name,
      displayId: exposure.locator,
      policyLocator: identity.policy,
      createdTimestamp: now,
      updatedTimestamp: now,
      characteristics: [
        {
          locator: exposure.row,
          exposureLocator: exposure.locator,
          startTimestamp: start,
          endTimestamp: end,
          createdTimestamp: now,
          updatedTimestamp: now,
          fieldValues: exposure.fieldValues,
          fieldGroupsByLocator: exposure.fieldGroupsByLocator,
          mediaByLocator: {},
        },
      ],
      perils: exposure.perils.map((peril) => {
        toPrice.push({
          policyCharacteristicsLocator: identity.row,
          exposureCharacteristicsLocator: exposure.row,
          perilCharacteristicsLocator: peril.row,
        });
        const row = {
          locator: peril.row,
          perilLocator: peril.locator,
          policyCharacteristicsLocator: identity.row,
          exposureCharacteristicsLocator: exposure.row,
          policyModificationLocator: identity.modification,
          coverageStartTimestamp: start,
          coverageEndTimestamp: end,
          createdTimestamp: now,
          updatedTimestamp: now,
          fieldValues: peril.fieldValues,
          fieldGroupsByLocator: peril.fieldGroupsByLocator,
          mediaByLocator: {},
        };
        return {
          locator: peril.locator,
          name: peril.name,
          displayId: peril.locator,
          exposureLocator: exposure.locator,
          renewalGroup: peril.renewalGroup,
          createdTimestamp: now,
          updatedTimestamp: now,
          characteristics: [withLimits(row, peril.amounts, currency, decimals, amountText)],
        };
      }),
    })),
    modifications: [
      {
        locator: identity.modification,
        number: '0',
        name: 'modification.policy.create',
        displayId: identity.modification,
        policyLocator: identity.policy,
        createdTimestamp: now,
        updatedTimestamp: now,
        effectiveTimestamp: start,
        policyEndTimestamp: end,
        configVersion,
        exposureModifications: risk.exposures.map((exposure) => ({
          locator: exposure.modification,
          exposureLocator: exposure.locator,
          newExposureCharacteristicsLocator: exposure.row,
          perilModifications: exposure.perils.map((peril) => ({
            locator: peril.modification,
            perilLocator: peril.locator,
            newPerilCharacteristicsLocator: peril.row,
          })),
        })),
        newPolicyCharacteristicsLocator: identity.row,
        fieldValues: {},
        mediaByLocator: {},
      },
    ],
    documents: [],
    invoices: [],
    fees: [],
    grossFees: zero,
    grossFeesCurrency: currency,
    ...(risk.paymentScheduleName === undefined ? {} : { paymentScheduleName: risk.paymentScheduleName }),
    quoteLocator: identity.quote,
  };
  return { policy, toPrice };
}

/**
 * What a rating plugin is asked of new business: the bytes of `raterRequest` of the same policy (a test compares them), whose numbers are
 * text; the rows that it names are those to price, in the order of the policy.
 */
export function newBusinessRequest(
  { policy, toPrice }: NewBusiness,
  timeZone: string,
  quoteLocator: string | undefined,
): JsonObject {
  const [row] = policy.characteristics;
  const [modification] = policy.modifications;
  const configVersion = String(policy.configVersion);
  const request = {
    operation: 'new_business',
    policy: {
      ...policy,
      configVersion,
      characteristics: [{ ...row, grossPremium: '0.00', grossTaxes: '0.00', taxGroups: [] }],
      modifications: [{ ...modification, configVersion }],
    },
    policyExposurePerils: toPrice,
    tenantTimeZone: timeZone,
    quoteLocator,
  };
  return request as unknown as JsonObject;
}

/** A row with its limits and deductibles, where it has some. */
function withLimits(
  row: PerilCharacteristics,
  amounts: Risk['exposures'][number]['perils'][number]['amounts'],
  currency: string,
  decimals: number,
  amountText: (amount: string, decimals: number) => string,
): PerilCharacteristics {
  let shown: Record<string, string> | undefined;
  for (const name of PERIL_AMOUNTS) {
    const amount = amounts[name];
    if (amount === undefined) continue;
    shown ??= {};
    shown[name] = amountText(amount, decimals);
    shown[`${name}Currency`] = currency;
  }
  return shown ? { ...row, ...shown } : row;
}

const ZEROS = [0, 1, 2, 3, 4].map((decimals) => moneyText(new Decimal(0), decimals));
const zeroText = (decimals: number): string => ZEROS[decimals] ?? moneyText(new Decimal(0), decimals);

/** An amount of a peril with the currency's decimals (`"30000.00"`); `unlimited` stays a word. */
export function shownAmount(amount: string, decimals: number): string {
  const number = parseDecimal(amount);
  return number ? moneyText(number, Math.max(decimals, number.decimalPlaces())) : amount;
}

/** A policyholder that nobody saved. */
export function newPolicyholder(locator: string, clock: Millis, values: FieldValues): PolicyholderResponse {
  const now = String(clock);
  return {
    locator,
    version: 1,
    createdTimestamp: now,
    updatedTimestamp: now,
    completed: false,
    entity: { values, completed: false },
  };
}

/** Locators of one risk after the other: they are counted, and begin anew with every risk (BR3). */
export class CountedLocators {
  readonly #known: string[] = [];
  #next = 0;

  restart(): void {
    this.#next = 0;
  }

  readonly next = (): string => {
    const i = this.#next;
    this.#next += 1;
    let locator = this.#known[i];
    if (locator === undefined) {
      locator = `00000000-0000-7000-8000-${String(i + 1).padStart(12, '0')}`;
      this.#known[i] = locator;
    }
    return locator;
  };

  identity(): Identity {
    const { next } = this;
    return { policy: next(), quote: next(), policyholder: next(), row: next(), modification: next() };
  }
}
