import type { Diagnostic } from './diagnostic.ts';
import type { FieldDefinition } from './field.ts';
import type { TableSource } from './table.ts';

/** A loaded configuration: every product of a tenant with its scripts, tables and templates (formats §1). Immutable. */
export interface Configuration {
  /** SHA-256 (hex) over paths and bytes of all files: names this exact content. */
  readonly hash: string;
  /** IANA zone: every calendar question is asked in it. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly features: Readonly<Record<string, boolean>>;
  readonly products: readonly Product[];
  readonly policyholder: PolicyholderConfiguration;
  readonly paymentFields: readonly FieldDefinition[];
  /** Path below `scripts/` → source text. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Tenant-wide by name (formats §1.10). */
  readonly tables: Readonly<Record<string, TableSource>>;
  /** Every file, path relative to the root (POSIX) → bytes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly integrations: readonly IntegrationDefinition[];
  readonly diagnostics: readonly Diagnostic[];
}
/** A service outside, as `integrations.json` brings it (formats §5, §10). */
export interface IntegrationDefinition {
  readonly name: string;
  readonly url: string;
  /** `external_rater`, `data_autofill` or `webhook`; as it was given. */
  readonly type: string;
  readonly headers: Readonly<Record<string, string | SecretReference>>;
  readonly securitySpec?: {
    readonly hmacEnabled?: boolean;
    /** `false`: certificates are not checked. */
    readonly secureSSL?: boolean;
    readonly secret?: string | SecretReference;
    /** Names the secret in use. */
    readonly tag?: string;
  };
}
/** A secret that is set in the workbench and never stands in a configuration. */
export interface SecretReference {
  readonly $secret: string;
}
export interface PolicyholderConfiguration {
  readonly fields: readonly FieldDefinition[];
  /** `{{field}}` templates of the card's two lines. */
  readonly card?: { readonly leftText: string; readonly rightText: string };
}
export interface Product {
  readonly name: string;
  readonly displayName: string;
  /** Folder of the product, relative to the root; '' for a bare product folder. */
  readonly directory: string;
  readonly fields: readonly FieldDefinition[];
  readonly exposures: readonly Exposure[];
  readonly documents: readonly DocumentDefinition[];
  readonly plugins: Readonly<Partial<Record<PluginFunction, PluginReference>>>;
  readonly externalRater?: string;
  readonly paymentSchedules: readonly { readonly name: string; readonly displayName: string; readonly type?: string }[];
  readonly defaultPaymentTerms: { readonly amount: number; readonly unit: 'day' };
  readonly lapse?: { readonly gracePeriodDays?: number; readonly reinstatementPeriodDays?: number };
  readonly taxes: readonly TaxDefinition[];
  readonly fees: readonly FeeDefinition[];
  /** Path of `policy.calculations.liquid`. */
  readonly feesFile?: string;
  /** Path of `underwriting.guidelines.liquid`. */
  readonly guidelinesFile?: string;
  readonly endorsements: readonly EndorsementDefinition[];
  readonly renewals: { readonly documents: readonly DocumentDefinition[] };
  readonly cancellations: readonly CancellationDefinition[];
  readonly premiumReports: readonly {
    readonly reportName: string;
    readonly fields: readonly FieldDefinition[];
    readonly documents: readonly DocumentDefinition[];
  }[];
  /** Template name without `.template.liquid` → path. */
  readonly templates: Readonly<Record<string, string>>;
  /** File name → path in `static_documents/`. */
  readonly staticDocuments: Readonly<Record<string, string>>;
  readonly claim?: {
    readonly fields: readonly FieldDefinition[];
    readonly subclaims: readonly { readonly name: string; readonly fields: readonly FieldDefinition[] }[];
  };
  readonly rating: RatingRules;
  /** Paths of `tests/*.case.json`. */
  readonly caseFiles: readonly string[];
}
export interface Exposure {
  readonly name: string;
  readonly displayName: string;
  readonly fields: readonly FieldDefinition[];
  readonly perils: readonly Peril[];
  readonly file: string;
}
export interface Peril {
  readonly name: string;
  readonly displayName: string;
  readonly fields: readonly FieldDefinition[];
  /** Presence declares the property and gives its default (formats §1.4). */
  readonly amounts: Readonly<Partial<Record<PerilAmount, string>>>;
  /** Path of `<peril>.premium.liquid`. */
  readonly premiumFile?: string;
  readonly file: string;
}
/** The amounts that a peril may carry beside its fields. */
export const PERIL_AMOUNTS = [
  'indemnityPerItem',
  'indemnityPerEvent',
  'indemnityInAggregate',
  'deductible',
  'lumpSumPayment',
] as const;
export type PerilAmount = (typeof PERIL_AMOUNTS)[number];
export type PluginFunction =
  | 'getPerilRates'
  | 'getUnderwritingResult'
  | 'createInstallments'
  | 'getProrationResult'
  | 'getPostPaymentReversal'
  | 'getPreGraceResult'
  | 'getPostIssuanceResult'
  | 'getDataAutofill'
  | 'executeLambda';
export interface PluginReference {
  /** Relative to `scripts/`. */
  readonly path: string;
  readonly enabled: boolean;
}
export interface TaxDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly file?: string;
}
export interface FeeDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly proration: 'proratable' | 'flat';
}
export interface DocumentDefinition {
  readonly displayName: string;
  readonly fileName: string;
  readonly templateName: string;
  readonly generatingEvent?: 'quote' | 'accept' | 'issue';
  readonly type: 'pdf' | 'html';
  readonly pageLayout?: PageLayout;
}
export interface PageLayout {
  readonly marginLeft?: string;
  readonly marginRight?: string;
  readonly marginTop?: string;
  readonly marginBottom?: string;
  readonly orientation?: 'Portrait' | 'Landscape';
}
export interface EndorsementDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly reprice: 'never' | 'always' | 'all' | 'input';
  readonly documents: readonly DocumentDefinition[];
}
export interface CancellationDefinition {
  readonly name: string;
  readonly title: string;
  readonly documents: readonly DocumentDefinition[];
  readonly categories: readonly string[];
  readonly reinstatement: { readonly defaultDeadlineDays?: number; readonly documents: readonly DocumentDefinition[] };
}
/** `rating.json` (formats §10); the defaults are the original platform's behaviour. */
export interface RatingRules {
  readonly moneyUnit: 'cents' | 'whole' | 'mills' | 'tenths' | 'tens';
  readonly rounding: 'half_up' | 'half_even' | 'down' | 'up';
  readonly proration: 'months' | 'days' | 'ms' | 'days360' | 'days365';
  readonly taxOnProratedPiece: 'prorate' | 'recompute';
}
