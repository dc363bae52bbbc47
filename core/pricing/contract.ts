import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { PolicyExposurePeril, PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { RowPrice } from '#core/model/timeline/contract.ts';
import type { Operation, Worksheet } from '#core/model/worksheet.ts';
import type { GuestReader, RunContext, Sandbox } from '#core/sandbox/contract.ts';

/** Everything that a price depends on. The same input always gives the same answer. */
export interface PricingInput {
  readonly configuration: Configuration;
  readonly product: Product;
  readonly operation: Operation;
  /** With the pending changes applied; the rows to price carry no premium yet. */
  readonly policy: PolicyResponse;
  readonly policyholder: PolicyholderResponse;
  /** The rows to price. */
  readonly toPrice: readonly PolicyExposurePeril[];
  /** Rows with a premium whose taxes are to be worked out anew. */
  readonly toTax?: readonly PolicyExposurePeril[];
  /** Calculate fees too: new business and renewal only (formats §2.1). */
  readonly fees: boolean;
  readonly context: RunContext;
  readonly locators?: {
    readonly quoteLocator?: string;
    readonly endorsementLocator?: string;
    readonly renewalLocator?: string;
    readonly reinstatementLocator?: string;
    readonly newPaymentScheduleName?: string;
  };
}
export interface PricingPorts {
  readonly sandbox: Sandbox;
  readonly externalRater?: ExternalRater;
  readonly reader?: GuestReader;
  /** Stops the work; the answer is then a failure. */
  readonly signal?: AbortSignal;
}
/** Asks a registered integration for prices (seed: External Rater). Throws a Problem: rater-unavailable, rater-refused. */
export interface ExternalRater {
  rate(name: string, request: JsonObject, signal?: AbortSignal): Promise<JsonValue>;
}

/** The price of one peril characteristics row; amounts as text with the currency's decimals, months with four. */
export type PricedPeril = Omit<RowPrice, 'revision'>;
export interface PricedFee {
  readonly name: string;
  readonly description: string;
  readonly amount: string;
}
export type PricingResult =
  | {
      readonly ok: true;
      /** By peril characteristics locator, one for every row to price. */
      readonly perils: Readonly<Record<string, PricedPeril>>;
      readonly fees: readonly PricedFee[];
      /** By peril characteristics locator, one for every row to tax. */
      readonly taxes: Readonly<Record<string, PricedPeril['taxes']>>;
      /** Sums over all current rows of the policy's last term, priced now or before. */
      readonly grossPremium: string;
      readonly grossTaxes: string;
      readonly grossTechnicalPremium?: string;
      readonly taxGroups: readonly { readonly name: string; readonly amount: string }[];
      readonly grossFees: string;
      readonly worksheet?: Worksheet;
      readonly auxData: readonly {
        readonly locator: string;
        readonly key: string;
        readonly value: string;
        readonly uiType?: string;
      }[];
    }
  | { readonly ok: false; readonly problem: Problem; readonly worksheet?: Worksheet };

export type PriceTransaction = (input: PricingInput, ports: PricingPorts) => Promise<PricingResult>;
