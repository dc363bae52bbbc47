import type { JsonValue } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Trace } from '#core/model/trace.ts';
import type { PluginOutcome, PluginRun, Sandbox } from './contract.ts';

export interface PluginAnswer {
  readonly value: JsonValue;
  readonly auxData: Extract<PluginOutcome, { ok: true }>['auxData'];
  /** The worksheet's section of this call: what the answer's reader has to say belongs there. */
  readonly section: Trace | undefined;
}

/**
 * Asks an engine's plugin and writes into a worksheet section of its own what it looked up, what it logged and what it answered.
 * @param title of the section
 * @throws Problem with the sandbox's code, message and place; the section then holds what was done until there
 */
export async function askPlugin(
  sandbox: Sandbox,
  run: PluginRun,
  title: string,
  trace: Trace | undefined,
): Promise<PluginAnswer> {
  const section = trace?.section(title, { place: { file: `scripts/${run.path}` } });
  const outcome = await sandbox.runPlugin(run);
  section?.addGuestSteps(outcome.steps);
  section?.add(...outcome.log);
  if (!outcome.ok) throw new Problem(outcome.code, outcome.message, outcome.place ? { place: outcome.place } : {});
  const { value, auxData } = outcome;
  section?.add({ kind: 'input', path: 'answer', value });
  return { value, auxData, section };
}
