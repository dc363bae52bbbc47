/** What the lab's tests take and answer (core/lab/tests/SPEC.md). Requests are working copies: `base`, `changes`, `product`. */
import type { JsonValue } from '#core/model/json.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import type { Deployment } from '../contract.ts';

/** `POST /api/lab/tests/list` with a working copy. */
export interface LabTestList {
  readonly tests: readonly LabTest[];
}
export interface LabTest {
  readonly kind: 'case' | 'property';
  /** Its file, of a row of a table `file:line`. */
  readonly id: string;
  readonly file: string;
  readonly line?: number;
  readonly description: string;
  /** Of a property: how many risks it is tried on, to be asked for in slices. */
  readonly samples?: number;
}

/** `POST /api/lab/tests/run` with a working copy and `test` (an id); of a property with `from` and `count` of its risks. */
export type LabTestResult = LabCaseResult | LabPropertyResult;
interface LabResult {
  readonly id: string;
  readonly file: string;
  readonly line?: number;
  readonly product: string;
  readonly description: string;
  readonly passed: boolean;
  readonly milliseconds: number;
}
export interface LabCaseResult extends LabResult {
  readonly kind: 'case';
  readonly differences: readonly {
    readonly what: string;
    readonly expected: string;
    readonly actual: string;
    /** Locator of the section of the worksheet that it is about. */
    readonly row?: string;
  }[];
  readonly worksheet?: Worksheet;
}
export interface LabPropertyResult extends LabResult {
  readonly kind: 'property';
  readonly law: string;
  readonly seed: string;
  readonly risks: number;
  readonly ratings: number;
  readonly unpriced: { readonly risks: number; readonly why?: string };
  readonly counterExample?: LabCounterExample;
  readonly problem?: string;
}
export interface LabCounterExample {
  readonly sample: number;
  readonly why: string;
  /** `{policyholder, policy}`: can be quoted as it is. */
  readonly request: JsonValue;
  readonly at: readonly { readonly value?: string; readonly amount: string }[];
  readonly shrunk: number;
}

/** `POST /api/lab/tests/case` with `policy` (and `quote`); saved as a version where a `message` is given. */
export interface LabMadeCase {
  readonly path: string;
  readonly text: string;
  readonly product: string;
  readonly deployment?: Deployment;
}
