import { randomBytes } from 'node:crypto';
import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { PluginReference, Product } from '#core/model/product.ts';
import { programOf } from '#core/product/program.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import { printJson, printProblem } from './output.ts';
import { chooseProduct, configurationAt, jsonAt } from './source.ts';

/**
 * `fieldwriter plugin`: one plugin in the sandbox with a payload of one's own: result, log, table lookups and time. A payload that
 * is a list is taken as the arguments, anything else as the only one.
 */
export async function plugin(
  source: string,
  productName: string,
  name: string,
  payloadPath: string,
  options: { readonly clock?: string; readonly seed?: string },
): Promise<number> {
  const sandbox = openSandbox({ hosts: 1 });
  try {
    const payload = (await jsonAt(payloadPath)) as JsonValue;
    const configuration = await configurationAt(source);
    const product = chooseProduct(configuration, productName);
    const outcome = await sandbox.runPlugin({
      program: programOf(configuration),
      path: pathOf(product, name),
      function: name,
      arguments: Array.isArray(payload) ? payload : [payload],
      context: {
        clock: options.clock === undefined ? Date.now() : clockOf(options.clock),
        seed: options.seed ?? randomBytes(16).toString('hex'),
        worksheet: true,
      },
    });
    if (outcome.ok) {
      const { value, log, steps, auxData, duration } = outcome;
      printJson({ result: value, log, lookups: steps, auxData, milliseconds: duration });
      return 0;
    }
    const { code, message, place, log, steps } = outcome;
    printProblem(
      new Problem(code, message, {
        ...(place ? { place } : {}),
        details: JSON.parse(JSON.stringify({ log, lookups: steps })),
      }),
    );
    return 1;
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await sandbox.close();
  }
}

function pathOf(product: Product, name: string): string {
  const plugins: Readonly<Record<string, PluginReference>> = product.plugins;
  const reference = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  if (reference) return reference.path;
  const known = Object.keys(plugins).join(', ') || 'none';
  throw new Problem('not-found', `${product.name} names no plugin "${name}" in policy.json. It names: ${known}.`);
}

export function clockOf(text: string): number {
  const clock = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(clock)) return clock;
  throw new Problem('malformed-request', `--clock takes milliseconds or an ISO 8601 date, not "${text}".`);
}
