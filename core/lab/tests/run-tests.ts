import type { ProductTest, TestResult } from './contract.ts';
import { type CaseBench, runCase } from './run-case.ts';
import { type PropertyBench, runProperty, type Slice } from './run-property.ts';

/** Runs a test of either kind. @param slice of a property's risks; all of them without one */
export function runTest(
  bench: { readonly cases: CaseBench; readonly properties: PropertyBench },
  test: ProductTest,
  slice?: Slice,
  signal?: AbortSignal,
): Promise<TestResult> {
  return test.kind === 'case' ? runCase(bench.cases, test) : runProperty(bench.properties, test, slice, signal);
}
