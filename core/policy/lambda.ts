import * as z from 'zod';
import { productOf } from '#core/desk/configurations.ts';
import { answeredBefore, type Caller, commit, type Desk } from '#core/desk/desk.ts';
import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { programOf } from '#core/product/program.ts';
import { askProductPlugin, hasPlugin } from '#core/sandbox/product-plugin.ts';
import { auxDataChanges } from './aux-data.ts';
import { guestReader } from './guest-reader.ts';
import { newRun } from './rate.ts';

const PLUGIN = 'executeLambda';
const Answer = z.custom<JsonValue>((value) => value !== undefined);

/**
 * Runs `executeLambda(operation, payload)` of `scripts/lambda/lambda.js` (formats §1.11, §2.11) and answers what it returns, as
 * it is. What it attaches with `setAuxData` is saved in one command. A retry with the same key runs it again and saves nothing
 * more. Throws `not-found` when no configuration in use has one, the sandbox's problems with file and line.
 */
export async function executeLambda(
  desk: Desk,
  caller: Caller,
  request: { readonly operation: string; readonly payload: JsonValue },
): Promise<JsonValue> {
  const before = answeredBefore(desk, caller, 'lambda.execute', request);
  const { deployed, product } = await lambdaInUse(desk);
  const { value, auxData } = await askProductPlugin({
    sandbox: desk.sandbox,
    program: programOf(deployed.configuration),
    product,
    name: PLUGIN,
    arguments: [request.operation, request.payload],
    answer: Answer,
    context: newRun(desk),
    reader: guestReader(desk),
  });
  const changes = auxDataChanges(desk, auxData);
  if (changes.length > 0 && before === undefined)
    commit(desk, caller, {
      name: 'lambda.execute',
      arguments: { operation: request.operation },
      configuration: deployed.record.commit,
      changes,
      result: request.operation,
      request,
    });
  return value;
}

/**
 * The lambda belongs to the tenant, not to a product: that of the newest deployment that has one and still is the newest of one
 * of its products.
 */
async function lambdaInUse(desk: Desk) {
  const superseded = new Set<string>();
  for (const record of desk.configurations.list()) {
    const current = record.products.filter(({ name }) => !superseded.has(name));
    for (const { name } of record.products) superseded.add(name);
    const [first] = current;
    if (!first) continue;
    const deployed = await desk.configurations.version(record.configVersion);
    const product = productOf(deployed, first.name);
    if (hasPlugin(product, PLUGIN)) return { deployed, product };
  }
  throw new Problem(
    'not-found',
    'No deployed configuration has a lambda: deploy one with scripts/lambda/lambda.js that exports executeLambda.',
  );
}
