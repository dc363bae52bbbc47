import { Problem, placeText } from '#core/model/problem.ts';
import { numbersAsText, policyholderScope, policyScope } from '#core/model/scope.ts';
import { Trace } from '#core/model/trace.ts';
import { type WorksheetStep, worksheetOf } from '#core/model/worksheet.ts';
import { programOf } from '#core/product/program.ts';
import { askPlugin } from '#core/sandbox/ask-plugin.ts';
import type { GuestReader, Sandbox } from '#core/sandbox/contract.ts';
import type { Underwrite, UnderwritingInput } from './contract.ts';
import { readAnswer, type Verdict, verdictOf } from './verdict.ts';

interface Ports {
  readonly sandbox: Sandbox;
  readonly reader?: GuestReader;
}

/**
 * Decides on a transaction by the product's plugin or legacy guidelines (SPEC.md). Saves nothing: dry runs call it too. Answers
 * a failure instead of throwing; the worksheet then holds all that was done.
 */
export const underwrite: Underwrite = async (input, ports) => {
  const steps: WorksheetStep[] = [];
  const trace = input.context.worksheet ? new Trace(steps) : undefined;
  const worksheet = trace ? { worksheet: worksheetOf(input, steps) } : {};
  try {
    const verdict = await decide(input, ports, trace);
    if (!verdict) return { ok: true, ...worksheet };
    trace?.add({ kind: 'amount', what: 'decision', value: verdict.decision });
    return { ok: true, result: { ...verdict, decisionTimestamp: String(input.context.clock) }, ...worksheet };
  } catch (cause) {
    const problem =
      cause instanceof Problem ? cause : new Problem('internal', `Underwriting broke: ${String(cause)}`, { cause });
    trace?.add({ kind: 'failure', message: problem.message, ...(problem.place ? { place: problem.place } : {}) });
    return { ok: false, problem, ...worksheet };
  }
};

async function decide(input: UnderwritingInput, ports: Ports, trace: Trace | undefined): Promise<Verdict | undefined> {
  const { plugins, guidelinesFile } = input.product;
  const plugin = plugins.getUnderwritingResult;
  if (plugin?.enabled) {
    if (guidelinesFile) {
      trace?.warn(`The plugin ${plugin.path} decides; the guidelines are not used.`, { file: guidelinesFile });
    }
    return askUnderwritingPlugin(input, ports, plugin.path, trace);
  }
  return guidelinesFile ? runGuidelines(input, ports, guidelinesFile, trace) : undefined;
}

async function askUnderwritingPlugin(
  input: UnderwritingInput,
  ports: Ports,
  path: string,
  trace: Trace | undefined,
): Promise<Verdict> {
  const { operation, policy, policyholder } = input;
  const run = {
    program: programOf(input.configuration),
    path,
    function: 'getUnderwritingResult',
    arguments: [numbersAsText({ operation, policy, policyholder })],
    context: input.context,
    ...(ports.reader ? { reader: ports.reader } : {}),
  };
  const { value, section } = await askPlugin(ports.sandbox, run, `Underwriting plugin ${path}`, trace);
  return readAnswer(value, path, section);
}

async function runGuidelines(
  input: UnderwritingInput,
  ports: Ports,
  file: string,
  trace: Trace | undefined,
): Promise<Verdict> {
  const section = trace?.section('Underwriting guidelines', { place: { file } });
  const outcome = await ports.sandbox.runLiquid({
    program: programOf(input.configuration),
    shared: {
      data: {
        operation: input.operation,
        policy: policyScope(input.policy, input.product).policy,
        policyholder: policyholderScope(input.policyholder, input.configuration.policyholder.fields),
      },
    },
    calls: [{ file, scope: {} }],
    context: input.context,
  });
  if (!outcome.ok) {
    section?.addGuestSteps([...outcome.steps, ...outcome.log]);
    throw new Problem(outcome.code, outcome.message, outcome.place ? { place: outcome.place } : {});
  }
  const [answer] = outcome.calls;
  if (!answer) throw new Problem('internal', `The sandbox gave no answer for ${file}.`);
  section?.addGuestSteps(answer.steps);
  if (!answer.ok) {
    const at = placeText(answer.place);
    throw new Problem('underwriting-failed', `${answer.message}${at ? ` (${at})` : ''}`, { place: answer.place });
  }
  return verdictOf(answer.effects, file, section);
}
