import type { Effect, LiquidCallOutcome } from '#core/liquid/contract.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem, placeText } from '#core/model/problem.ts';
import type { Trace } from '#core/model/trace.ts';
import type { Program, RunContext, Sandbox } from '#core/sandbox/contract.ts';

/** One call of a calculation file, with how messages name it and where its steps go. */
export interface LiquidCall {
  readonly file: string;
  readonly scope: JsonObject;
  readonly title: string;
  readonly trace: Trace | undefined;
}

/**
 * Runs calculation files in one crossing to the sandbox. Every call's steps are kept, also when another call fails.
 * @returns the effects of each call, in order
 * Throws pricing-failed for the first file that failed, or what the sandbox says.
 */
export async function runCalculations(
  sandbox: Sandbox,
  program: Program,
  context: RunContext,
  shared: JsonObject,
  calls: readonly LiquidCall[],
): Promise<readonly (readonly Effect[])[]> {
  if (calls.length === 0) return [];
  const outcome = await sandbox.runLiquid({
    program,
    shared,
    calls: calls.map(({ file, scope }) => ({ file, scope })),
    context,
  });
  if (!outcome.ok) {
    calls[0]?.trace?.addGuestSteps([...outcome.steps, ...outcome.log]);
    throw new Problem(outcome.code, outcome.message, outcome.place ? { place: outcome.place } : {});
  }
  let failed: Problem | undefined;
  const effects = calls.map((call, index) => {
    const answer = outcome.calls[index];
    if (answer === undefined) throw new Problem('internal', `The sandbox gave no answer for ${call.file}.`);
    call.trace?.addGuestSteps(answer.steps);
    if (answer.ok) return answer.effects;
    failed ??= failure(call, answer);
    call.trace?.add({ kind: 'failure', message: answer.message, place: answer.place });
    return [];
  });
  if (failed) throw failed;
  return effects;
}

function failure(call: LiquidCall, answer: Extract<LiquidCallOutcome, { ok: false }>): Problem {
  const at = placeText(answer.place);
  return new Problem('pricing-failed', `${call.title}: ${answer.message}${at ? ` (${at})` : ''}`, {
    place: answer.place,
  });
}
