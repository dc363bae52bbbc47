import type { Effect } from '#core/liquid/contract.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { AutomatedUnderwritingResultResponse, UnderwritingDecision } from '#core/model/policy.ts';
import { Problem, placeText } from '#core/model/problem.ts';
import { numbersAsText, policyholderScope, policyScope } from '#core/model/scope.ts';
import { Trace } from '#core/model/trace.ts';
import { type WorksheetStep, worksheetOf } from '#core/model/worksheet.ts';
import { programOf } from '#core/product/program.ts';
import { askPlugin } from '#core/sandbox/ask-plugin.ts';
import type { GuestReader, Sandbox } from '#core/sandbox/contract.ts';
import type { Underwrite, UnderwritingInput } from './contract.ts';

interface Ports {
  readonly sandbox: Sandbox;
  readonly reader?: GuestReader;
}
type Verdict = Pick<AutomatedUnderwritingResultResponse, 'decision' | 'notes'>;

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

/** Checks what a plugin answered (U4, U5). Throws underwriting-failed that says what came. */
export function readAnswer(answer: JsonValue, path: string, trace?: Trace): Verdict {
  const place = { file: `scripts/${path}` };
  const refuse = (what: string): Problem =>
    new Problem('underwriting-failed', `getUnderwritingResult in scripts/${path} ${what}`, { place });
  if (!isObject(answer)) throw refuse(`answered ${shown(answer)}; expected {decision, notes}.`);
  const { decision, notes } = answer;
  if (!isDecision(decision)) {
    throw refuse(`answered the decision ${shown(decision)}; expected "accept", "reject" or "none".`);
  }
  if (notes === undefined || notes === null) return { decision, notes: [] };
  if (!Array.isArray(notes)) throw refuse(`answered notes ${shown(notes)}; expected a list of texts.`);
  return {
    decision,
    notes: notes.map((note: JsonValue) => {
      if (typeof note === 'string') return note;
      trace?.warn(`The note ${shown(note)} is no text; it is kept as it is written here.`, place);
      return JSON.stringify(note);
    }),
  };
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

/** What the calls of a guidelines file amount to (U7, U8). */
export function verdictOf(effects: readonly Effect[], file: string, trace?: Trace): Verdict {
  let decision: UnderwritingDecision | undefined;
  const notes: string[] = [];
  for (const effect of effects) {
    const place = { file, line: effect.line };
    if (effect.filter === 'set_underwriting_decision') {
      if (!isDecision(effect.value)) {
        throw new Problem(
          'underwriting-failed',
          `${file}:${effect.line}: set_underwriting_decision was given ${shown(effect.value)}; expected "accept" or "reject".`,
          { place },
        );
      }
      decision = effect.value;
    } else if (effect.filter === 'add_underwriting_note') {
      if (effect.value === null) trace?.warn('add_underwriting_note was given nothing (nil): no note.', place);
      else notes.push(String(effect.value));
    } else {
      trace?.warn(`${effect.filter} has no meaning in underwriting guidelines: ignored.`, place);
    }
  }
  if (decision === undefined) trace?.warn('No rule called set_underwriting_decision: the decision is none.', { file });
  return { decision: decision ?? 'none', notes };
}

function isDecision(value: unknown): value is UnderwritingDecision {
  return value === 'accept' || value === 'reject' || value === 'none';
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
