/**
 * What our own resources under `/api` take and answer: the only file of core/api that the screens import. The original
 * platform's resources (`/policy`, `/policyholder`, `/quotes`, …) answer the shapes of core/model/policy.ts.
 */
import type { Diagnostic } from '#core/model/diagnostic.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { JsonValue } from '#core/model/json.ts';
import type {
  AutomatedUnderwritingResultResponse,
  PolicyholderResponse,
  PolicyResponse,
  QuoteState,
} from '#core/model/policy.ts';
import type { FieldError, Place } from '#core/model/problem.ts';
import type { DocumentDefinition, PerilAmount } from '#core/model/product.ts';
import type { PolicyCreateRequest, RequestValues } from '#core/model/request.ts';
import type { Worksheet } from '#core/model/worksheet.ts';

export type { PolicyCreateRequest, RequestGroup, RequestValues } from '#core/model/request.ts';

/** `GET /api/session` */
export interface Session {
  /** Null until somebody said who they are at the first start (`POST /api/session/user {name}`). */
  readonly user: { readonly locator: string; readonly name: string } | null;
  readonly version: string;
  readonly environment: 'development' | 'staging' | 'production';
  /** What documents are printed with, or why they can not be. */
  readonly printer: { readonly available: boolean; readonly detail: string };
}

/** `GET /api/products`: the newest deployed version of each product. */
export interface ProductSummary {
  readonly name: string;
  readonly displayName: string;
  readonly configVersion: number;
  readonly commit: string;
  readonly errors: number;
  readonly warnings: number;
}
/** `GET /api/examples`: the products that come with Fieldwriter; `POST /api/examples/{name}` deploys one. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly description: string;
}
/** `POST /api/configurations` with a ZIP as body (`application/zip`), or `{"folder": "/path"}` from the desktop. */
export interface Deployment {
  readonly configVersion: number;
  readonly commit: string;
  readonly products: readonly ProductSummary[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `GET /api/products/{name}`: all that a form needs. */
export interface ProductForm {
  readonly name: string;
  readonly displayName: string;
  readonly configVersion: number;
  readonly currency: string;
  readonly timeZone: string;
  readonly policyholderFields: readonly FieldDefinition[];
  readonly fields: readonly FieldDefinition[];
  readonly exposures: readonly ExposureForm[];
  readonly documents: readonly Pick<DocumentDefinition, 'displayName' | 'type' | 'generatingEvent'>[];
  /** Rows of the tables that `lookup` fields choose from: columns and distinct rows. */
  readonly lookups: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }>
  >;
}
export interface ExposureForm {
  readonly name: string;
  readonly displayName: string;
  readonly fields: readonly FieldDefinition[];
  readonly perils: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly fields: readonly FieldDefinition[];
    readonly amounts: Readonly<Partial<Record<PerilAmount, string>>>;
  }[];
}

/** `{policyholder, policy}`: what `quote` reads and `sample` writes. */
export interface QuoteRequest {
  readonly policyholder?: { readonly values: RequestValues };
  readonly policy: PolicyCreateRequest;
}

/** `POST /api/products/{name}/price` with a QuoteRequest: price and decision of an unsaved draft; nothing is stored. */
export interface PricePreview {
  readonly fieldErrors: readonly FieldError[];
  /** Absent when it could not be priced: see fieldErrors and problem. */
  readonly price?: {
    readonly currency: string;
    readonly grossPremium: string;
    readonly grossTaxes: string;
    readonly grossFees: string;
    /** Premium + taxes + fees. */
    readonly total: string;
    readonly perils: readonly {
      readonly exposureIndex: number;
      readonly exposureName: string;
      readonly perilName: string;
      readonly premium: string;
      readonly technicalPremium?: string;
      readonly taxes: string;
    }[];
    readonly fees: readonly { readonly name: string; readonly description: string; readonly amount: string }[];
    readonly taxGroups: readonly { readonly name: string; readonly amount: string }[];
  };
  readonly underwriting?: AutomatedUnderwritingResultResponse;
  readonly worksheet?: Worksheet;
  readonly underwritingWorksheet?: Worksheet;
  readonly problem?: ProblemDocument;
}

/** `GET /api/policies?q=&limit=`, newest first. */
export interface PolicySummary {
  readonly locator: string;
  readonly productName: string;
  readonly policyholderName: string;
  readonly state: QuoteState | 'issued';
  readonly policyNumber?: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
  readonly currency: string;
  readonly grossPremium?: string;
  readonly decision?: 'accept' | 'reject' | 'none';
  readonly updatedTimestamp: string;
}
/** A policy with whom it is for: `GET /api/policies/{locator}/risk` */
export interface StoredRisk {
  readonly policy: PolicyResponse;
  readonly policyholder: PolicyholderResponse;
}
/** `GET /api/policies/{locator}/worksheets` */
export interface PolicyWorksheets {
  readonly pricing?: Worksheet;
  readonly underwriting?: Worksheet;
}
/** `GET /api/claims/{locator}/history` */
export interface HistoryEntry {
  readonly at: string;
  readonly author: string;
  readonly command: string;
  readonly version: number;
}

/** RFC 9457, with the members of the original platform's ExceptionResponse beside (formats §3.9). */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance?: string;
  readonly place?: Place;
  readonly fieldErrors?: readonly FieldError[];
  readonly details?: JsonValue;
  readonly apiErrorCode: number;
  readonly httpErrorCode: number;
  readonly httpStatus: number;
  readonly message: string;
  readonly requestMethod?: string;
  readonly requestUri?: string;
  readonly referenceId?: string;
}
