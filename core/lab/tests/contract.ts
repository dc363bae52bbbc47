import type { FieldDefinition } from '#core/model/field.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import type { PolicyCreateRequest, RequestValues } from '#core/model/request.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import type { Difference, Expectation } from '#core/policy/case-expectations.ts';
import type { HistoryTransaction } from '#core/policy/history-run.ts';
import type { PropertyFile } from './property-file.ts';

/** A file of tests, of a product or of a folder beside the configuration. */
export interface TestFile {
  readonly file: string;
  readonly product: Product;
  /** The tenant's fields of policyholders. */
  readonly policyholder: readonly FieldDefinition[];
  readonly text: string;
}

/** A test of a product, as its files bring it (SPEC.md, PT1). Its `id` is its file, of a row of a table `file:line`. */
export type ProductTest = CaseTest | PropertyTest;
interface TestPlace {
  readonly id: string;
  readonly file: string;
  readonly product: string;
  /** In the author's words; '' where there are none. */
  readonly description: string;
}
export interface CaseTest extends TestPlace {
  readonly kind: 'case';
  /** Of a table's row. */
  readonly line?: number;
  /** The case as JSON data, or why it cannot be read: then it fails with that. */
  readonly given: JsonValue | Problem;
}
export interface PropertyTest extends TestPlace {
  readonly kind: 'property';
  readonly given: PropertyFile | Problem;
}

/** A case file's content, checked by the schemas of the API (formats §10, examples/README.md). */
export interface CaseRequest {
  readonly description?: string | undefined;
  readonly policyholder?: { readonly completed: boolean; readonly values: RequestValues } | undefined;
  readonly policyCreate: Omit<PolicyCreateRequest, 'productName'>;
  readonly issuedTimestamp?: string | number | undefined;
  readonly expect: Expectation;
  /** As in a history, each with an `expect` of its own. */
  readonly transactions: readonly JsonObject[];
}
/** The schemas of requests belong to the API: whoever runs cases hands them down. Both throw `malformed-request`. */
export interface CaseReader {
  readCase(given: JsonValue, at: string): CaseRequest;
  readTransaction(given: JsonValue, at: string): HistoryTransaction;
}

/** What a test came to. */
export type TestResult = CaseResult | PropertyResult;
export interface CaseResult extends TestPlace {
  readonly kind: 'case';
  readonly line?: number;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  /** What came out instead, whole; `differences[0].row` names the section that the first difference is about. */
  readonly worksheet?: Worksheet;
  readonly milliseconds: number;
}
export interface PropertyResult extends TestPlace {
  readonly kind: 'property';
  readonly passed: boolean;
  /** The law in words. */
  readonly law: string;
  readonly seed: string;
  /** Sampled risks that were looked at, and how many prices that took. */
  readonly risks: number;
  readonly ratings: number;
  /** Risks that could not be priced, with the first reason. */
  readonly unpriced: { readonly risks: number; readonly why?: string };
  readonly counterExample?: CounterExample;
  /** Why it failed without a counter-example. */
  readonly problem?: string;
  readonly milliseconds: number;
}
/** A risk that breaks the law, as small as it was found (PT14). */
export interface CounterExample {
  /** Number of the sampled risk that it was shrunk from, from 0. */
  readonly sample: number;
  readonly why: string;
  /** A request `{policyholder, policy}` that can be quoted; with the value of the field at which the law breaks. */
  readonly request: JsonValue;
  /** The field's values and their amounts on both sides of the break; one entry for a bound. */
  readonly at: readonly { readonly value?: string; readonly amount: string }[];
  /** How many simpler risks were tried. */
  readonly shrunk: number;
}
