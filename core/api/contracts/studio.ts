/** What the product studio's resources take and answer (core/policy/studio/SPEC.md). */
import type { Diagnostic } from '#core/model/diagnostic.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { Place } from '#core/model/problem.ts';
import type { ProductForm } from '../contract.ts';

export type Part =
  | 'policy'
  | 'policyholder'
  | 'exposures'
  | 'rating'
  | 'tables'
  | 'guidelines'
  | 'documents'
  | 'plugins'
  | 'claims'
  | 'tests'
  | 'tenant'
  | 'other';

/** `GET /api/configurations/{version}/files` */
export interface ConfigurationFiles {
  readonly configVersion: number;
  readonly timeZone: string;
  readonly currency: string;
  readonly products: readonly { readonly name: string; readonly displayName: string }[];
  readonly files: readonly FileEntry[];
}
export interface FileEntry {
  readonly path: string;
  readonly part: Part;
  /** Null: the tenant's, for all products. */
  readonly product: string | null;
  readonly title: string;
  /** 1: belongs to the entry of level 0 above it (a peril to its exposure). */
  readonly level: 0 | 1;
  readonly bytes: number;
  readonly text: boolean;
}
/** `GET /api/configurations/{version}/file?path=` */
export interface FileContent {
  readonly path: string;
  readonly bytes: number;
  /** Null for what is no text. */
  readonly text: string | null;
}
/** `GET /api/configurations/{version}/table?path=&q=&from=&count=` */
export interface TableSlice {
  readonly name: string;
  readonly columns: readonly string[];
  /** Rows that hold the words. */
  readonly total: number;
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}
/** `GET /api/configurations/{version}/changes?since=` */
export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
}
/** `GET /api/studio/products/{name}/versions`, newest first. */
export interface ConfigurationVersion {
  readonly configVersion: number;
  /** Names this content in this data folder: working copies are kept under it. */
  readonly commit: string;
  /** Milliseconds. */
  readonly deployedAt: number;
  readonly author: string;
  /** Absent when it did not come from the studio. */
  readonly message?: string;
  readonly products: readonly string[];
}
/** `GET /api/studio/products/{name}/risks?limit=`: stored risks to try things on, newest first. */
export interface StoredRisk {
  readonly locator: string;
  readonly label: string;
}

/** The new text of files, null for one that is removed. */
export type Changes = Readonly<Record<string, string | null>>;
/** `POST /api/studio/check` with a working copy: `base` (a version) and `changes`. */
export interface CheckAnswer {
  readonly diagnostics: readonly Diagnostic[];
}
/** `POST /api/studio/form` with a working copy and `product`. */
export interface StudioForm {
  readonly form: ProductForm;
  readonly documents: readonly DocumentChoice[];
}
export interface DocumentChoice {
  readonly key: string;
  readonly displayName: string;
  readonly type: 'pdf' | 'html';
  readonly of: 'policy' | 'invoice' | 'endorsement' | 'renewal' | 'cancellation' | 'reinstatement';
  readonly file?: string;
}
export type Sample =
  | { readonly kind: 'sampled'; readonly seed: string; readonly index: number }
  | { readonly kind: 'stored'; readonly locator: string };
/** `POST /api/studio/document` with a working copy, `product`, `document` (a key) and `sample`. */
export type DocumentAnswer = { readonly empty: readonly EmptyField[] } & (
  | {
      readonly state: 'made';
      readonly type: 'pdf' | 'html';
      /** Base64. */
      readonly content: string;
      readonly pages?: number;
      readonly warnings: readonly string[];
    }
  | { readonly state: 'suppressed'; readonly warnings: readonly string[] }
  | {
      readonly state: 'failed';
      readonly problem: { readonly message: string; readonly place?: Place };
      readonly warnings: readonly string[];
    }
);
/** A field that the template reads and that is empty in some of the samples 0 to 11 of the seed `studio`. */
export interface EmptyField {
  readonly field: string;
  readonly title: string;
  readonly empty: number;
  /** The first sample without it. */
  readonly first: number;
}

export type Book =
  | { readonly kind: 'sampled'; readonly seed: string; readonly from: number; readonly count: number }
  | { readonly kind: 'stored'; readonly locators: readonly string[] };
export type Decision = 'accept' | 'reject' | 'none' | 'failed';
export interface Outcome {
  readonly decision: Decision;
  readonly notes: readonly string[];
  /** Gross premium of the term. */
  readonly premium?: string;
  readonly problem?: string;
}
export interface Condition {
  readonly condition: string;
  readonly file?: string;
  readonly line?: number;
}
export interface Flip {
  readonly kind: 'sampled' | 'stored';
  readonly id: string;
  readonly label: string;
  readonly currency: string;
  readonly before: Outcome;
  readonly after: Outcome;
  readonly conditions: { readonly onlyBefore: readonly Condition[]; readonly onlyAfter: readonly Condition[] };
  readonly sample?: JsonValue;
}
/** `POST /api/studio/dry-run` with a working copy, `product` and a `book` of at most 50 risks: a slice; slices add up. */
export interface DryRunSlice {
  readonly risks: number;
  readonly matrix: readonly { readonly before: Decision; readonly after: Decision; readonly risks: number }[];
  readonly flips: readonly Flip[];
  readonly premium: {
    readonly risks: number;
    readonly before: string;
    readonly after: string;
    readonly changed: number;
  };
  readonly missing: Readonly<Record<string, number>>;
  readonly priced: boolean;
}
/** `POST /api/studio/create` */
export interface CreateProduct {
  readonly template: { readonly example: string } | { readonly product: string; readonly configVersion?: number };
  readonly name: string;
}
