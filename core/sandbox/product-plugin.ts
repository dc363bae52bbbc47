import * as z from 'zod';
import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { PluginFunction, Product } from '#core/model/product.ts';
import type { Trace } from '#core/model/trace.ts';
import { askPlugin, type PluginAnswer } from './ask-plugin.ts';
import type { GuestReader, Program, RunContext, Sandbox } from './contract.ts';

/** One call of a plugin that a product names in policy.json (formats §1.11). */
export interface ProductPluginCall<T extends z.ZodType> {
  readonly sandbox: Sandbox;
  /** `programOf(configuration)` */
  readonly program: Program;
  readonly product: Product;
  readonly name: PluginFunction;
  readonly arguments: readonly JsonValue[];
  /** Shape of its answer (formats §11). */
  readonly answer: T;
  readonly context: RunContext;
  readonly reader?: GuestReader;
  /** Worksheet in which the call gets a section of its own. */
  readonly trace?: Trace;
}

/** Whether the product has this plugin, switched on. */
export function hasPlugin(product: Product, name: PluginFunction): boolean {
  return product.plugins[name]?.enabled === true;
}

/**
 * Asks a product's plugin and reads its answer by its shape. Call only when `hasPlugin`.
 * Throws the sandbox's problem (with file and line), or `plugin-failed` that names plugin, file and every wrong member.
 */
export async function askProductPlugin<T extends z.ZodType>(
  call: ProductPluginCall<T>,
): Promise<{
  readonly value: z.output<T>;
  readonly auxData: PluginAnswer['auxData'];
  readonly section: Trace | undefined;
}> {
  const { sandbox, program, product, name, context, reader, trace } = call;
  const path = product.plugins[name]?.path ?? '';
  const run = {
    program,
    path,
    function: name,
    arguments: call.arguments,
    context,
    ...(reader ? { reader } : {}),
  };
  const answered = await askPlugin(sandbox, run, `Plugin ${name} (${path})`, trace);
  const { auxData, section } = answered;
  const read = call.answer.safeParse(answered.value ?? {});
  if (read.success) return { value: read.data, auxData, section };
  const faults = read.error.issues.map(
    ({ path: at, message }) => `${at.length > 0 ? z.core.toDotPath(at) : 'the answer'}: ${message}`,
  );
  throw new Problem(
    'plugin-failed',
    `${name} in scripts/${path} answered what can not be used: ${faults.slice(0, 5).join('; ')}.`,
    {
      place: { file: `scripts/${path}`, product: product.name },
    },
  );
}
