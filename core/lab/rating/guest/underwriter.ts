import type { Effect } from '#core/liquid/contract.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { policyholderScope, policyScope } from '#core/model/scope.ts';
import { readAnswer, type Verdict, verdictOf } from '#core/underwriting/verdict.ts';
import { type PricedRisk, underwritingRequest } from '../priced-business.ts';
import { deepFrozen } from './pricer.ts';

/** All that a realm is told of a version's rules, beside its scripts; as JSON text it crosses. */
export type RulesSetup =
  /** `catches`: its scripts catch errors; `wired`: BR36 */
  | { readonly by: 'plugin'; readonly path: string; readonly catches: boolean; readonly wired: boolean }
  | { readonly by: 'guidelines'; readonly file: string; readonly source: string };

/** What runs the author's code. Each throws what the code throws, or when only the slow way can answer. */
export interface RulesCode {
  /** `getUnderwritingResult` of the script at `path`. */
  readonly ask: (path: string, request: JsonObject) => unknown;
  /** An answer as data, as it would have crossed. */
  readonly plain: (answer: unknown) => JsonValue;
  readonly runLiquid: (file: string, scope: JsonObject) => readonly Effect[];
}
/** The rules of a version where its risks are priced: the answers of core/underwriting, many risks in one crossing (UB3). */
export class Underwriter {
  readonly by: RulesSetup['by'];
  readonly #setup: RulesSetup;
  readonly #code: RulesCode;
  /** A script that catches errors could change what it is given in vain, without anybody hearing of it. */
  #frozenRequests: boolean;

  constructor(setup: RulesSetup, code: RulesCode) {
    this.by = setup.by;
    this.#setup = setup;
    this.#code = code;
    this.#frozenRequests = setup.by === 'plugin' && !setup.catches;
  }

  /** What the rules are shown of a risk, to be shown again and again: plugin U3, guidelines U9. */
  see({ policy, policyholder, product, holderFields }: PricedRisk): JsonObject {
    if (this.by === 'plugin') return deepFrozen(underwritingRequest(policy, policyholder));
    return {
      data: {
        operation: 'new_business',
        policy: policyScope(policy, product).policy,
        policyholder: policyholderScope(policyholder, holderFields),
      },
    };
  }

  /** Throws a Problem for an answer that is none (U4, U5, U8), and what the rules throw. @param seen what `see` made */
  decide(seen: JsonObject): Verdict {
    const setup = this.#setup;
    if (setup.by === 'guidelines') return verdictOf(this.#code.runLiquid(setup.file, seen), setup.file);
    const answer = this.#ask(setup.path, seen);
    return plainVerdict(answer) ?? readAnswer(this.#code.plain(answer), setup.path);
  }

  #ask(path: string, seen: JsonObject): unknown {
    if (!this.#frozenRequests) return this.#code.ask(path, copyOf(seen));
    try {
      return this.#code.ask(path, seen);
    } catch {
      // It may be that it changes what it was given, which it may: then it gets what is its own.
      const answer = this.#code.ask(path, copyOf(seen));
      this.#frozenRequests = false;
      return answer;
    }
  }
}

/** As a request crosses. */
function copyOf(seen: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(seen)) as JsonObject;
}

const MOST_NOTES = 100;
const LONGEST_NOTE = 2_000;

/** The verdict of an answer that plainly is one; undefined for any other. */
function plainVerdict(answer: unknown): Verdict | undefined {
  if (typeof answer !== 'object' || answer === null || Object.getPrototypeOf(answer) !== Object.prototype)
    return undefined;
  const { decision, notes, toJSON } = answer as Readonly<Record<string, unknown>>;
  if (toJSON !== undefined || (decision !== 'accept' && decision !== 'reject' && decision !== 'none')) return undefined;
  if (!Array.isArray(notes) || notes.length > MOST_NOTES || Object.keys(answer).length !== 2) return undefined;
  if (Object.keys(notes).length !== notes.length || (notes as { toJSON?: unknown }).toJSON !== undefined)
    return undefined;
  const texts: string[] = [];
  for (const note of notes as readonly unknown[]) {
    if (typeof note !== 'string' || note.length > LONGEST_NOTE) return undefined;
    texts.push(note);
  }
  return { decision, notes: texts };
}
