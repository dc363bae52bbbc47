import { productOf } from '#core/desk/configurations.ts';
import type { Configuration } from '#core/model/product.ts';
import { openThrowawayDesk, type ThrowawayOptions } from '#core/policy/throwaway.ts';
import type { JobControl } from '../job-contract.ts';
import type { CaseReader, TestResult } from '../tests/contract.ts';
import { testsOf } from '../tests/find-tests.ts';
import { runTest } from '../tests/run-tests.ts';

/**
 * Runs all tests that a product brings, in a store that is thrown away. @param options.reader reads cases as the API does
 * @param options.sandbox hosts that somebody else keeps, in a process that goes on
 */
export async function ownTests(
  configuration: Configuration,
  name: string,
  options: Pick<ThrowawayOptions, 'sandbox'> & { readonly reader: (timeZone: string) => CaseReader },
  control: Partial<Pick<JobControl, 'signal' | 'onProgress'>> = {},
): Promise<readonly TestResult[]> {
  const product = configuration.products.find((one) => one.name === name);
  const tests = product ? testsOf(configuration, product) : [];
  if (tests.length === 0) return [];
  const { sandbox, reader } = options;
  const workbench = await openThrowawayDesk(configuration, { documents: 'later', ...(sandbox ? { sandbox } : {}) });
  try {
    const { timeZone } = configuration;
    const deployed = await workbench.desk.configurations.newestOf(name);
    const bench = {
      cases: { workbench, timeZone, reader: reader(timeZone) },
      properties: { desk: workbench.desk, side: { deployed, product: productOf(deployed, name) } },
    };
    const results: TestResult[] = [];
    for (const test of tests) {
      control.signal?.throwIfAborted();
      results.push(await runTest(bench, test, undefined, control.signal));
      control.onProgress?.({ done: results.length, total: tests.length });
    }
    control.signal?.throwIfAborted();
    return results;
  } finally {
    await workbench.close();
  }
}
