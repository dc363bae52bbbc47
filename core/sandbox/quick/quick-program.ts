import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import type { Limits, RunContext } from '../contract.ts';
import { standStill } from '../guest/clock.ts';
import { plainWriter } from '../guest/plain.ts';
import { furnishRealm, type RealmServices } from '../guest/realm.ts';
import { createService, type Service } from '../guest/service.ts';
import { failureOf, placeIn } from '../host/failure.ts';
import { guestRuntimeSource } from '../host/modules.ts';
import { prepareScript, requiresSpreadsheet, spreadsheetScript } from '../host/scripts.ts';
import type { Answer, ProgramText, Told, Work } from '../messages.ts';
import type { QuickEngine } from './quick-engine.ts';

type PluginWork = Extract<Work, { kind: 'plugin' }>;

/** What this engine lacks: whoever uses it can not be judged by it, and is told so. */
export const NOT_HERE = 'the second engine has no Intl';
const STUBS = `globalThis.Intl = (function () {
  function DateTimeFormat() { throw new Error("${NOT_HERE}"); }
  DateTimeFormat.prototype.formatToParts = function () {};
  function NumberFormat() { throw new Error("${NOT_HERE}"); }
  return { DateTimeFormat: DateTimeFormat, NumberFormat: NumberFormat, Collator: NumberFormat, PluralRules: NumberFormat };
})();`;
const REALM = `"use strict"; ((services) => (${furnishRealm})(services, { standStill: ${standStill}, plainWriter: ${plainWriter} }))`;

/** A program for the second engine: its tables indexed, its scripts prepared; every call has a realm of its own. */
export class QuickProgram {
  readonly #engine: QuickEngine;
  readonly #program: ProgramText;
  readonly #service: Service;
  readonly #scripts: readonly string[];

  constructor(engine: QuickEngine, program: ProgramText) {
    this.#engine = engine;
    this.#program = program;
    // Nobody is asked outside: both opinions have only what the sampled risk says.
    this.#service = createService(program.timeZone, () => '{"error":"nothing outside is asked for a second opinion"}');
    for (const table of Object.values(program.tables)) this.#service.loadTable(table);
    const scripts = Object.entries(program.scripts).map(([path, source]) => prepareScript(path, source).code);
    const uses = Object.values(program.scripts).some(requiresSpreadsheet);
    this.#scripts = uses ? [...scripts, spreadsheetScript(guestRuntimeSource().spreadsheet())] : scripts;
  }

  run(work: PluginWork, context: RunContext, limits: Limits, told?: Told): Answer {
    if (told) this.#service.tell(told.answers, told.guess);
    const answer = this.#run(work, context, limits);
    return told ? { ...answer, open: this.#service.open() } : answer;
  }

  #run(work: PluginWork, context: RunContext, limits: Limits): Answer {
    const what = `${work.function} in scripts/${work.path}`;
    const started = performance.now();
    this.#service.begin(context.clock, context.worksheet, limits.output, false);
    const text = this.#engine.inRealm(limits, (realm) => this.#call(realm, work, context, limits));
    const record = this.#service.collect();
    if (text.startsWith('{"value":')) return { ok: true, text, record, duration: performance.now() - started };
    const place = (stack: string) => placeIn(stack, (path) => Object.hasOwn(this.#program.scripts, path));
    const failed = failureOf(what, text, (stack) => place(stack) ?? { file: `scripts/${work.path}` });
    return { ok: false, record, ...failed };
  }

  #call(realm: QuickJSContext, work: PluginWork, context: RunContext, limits: Limits): string {
    const evaluated = (code: string, name: string): QuickJSHandle => realm.unwrapResult(realm.evalCode(code, name));
    evaluated(STUBS, 'workbench/stubs.js').dispose();
    const furnish = evaluated(REALM, 'workbench/realm.js');
    const services = servicesIn(realm, this.#service.realm);
    const furnished = realm.unwrapResult(realm.callFunction(furnish, realm.undefined, services));
    for (const code of this.#scripts) evaluated(code, 'scripts').dispose();
    const given = [
      work.path,
      work.function,
      work.arguments,
      context.clock,
      context.seed,
      context.worksheet,
      limits.output,
    ];
    const handles = given.map((value) => handleOf(realm, value));
    const enter = realm.getProp(furnished, 'enter');
    const answered = realm.unwrapResult(realm.callFunction(enter, furnished, ...handles));
    let text: unknown = realm.dump(answered);
    const settle = realm.getProp(furnished, 'settle');
    if (text === undefined) {
      realm.runtime.executePendingJobs();
      const settled = realm.unwrapResult(realm.callFunction(settle, furnished));
      text = realm.dump(settled);
      settled.dispose();
    }
    for (const handle of [answered, enter, settle, furnished, services, furnish, ...handles]) handle.dispose();
    if (typeof text !== 'string') throw new Error('the realm answered nothing');
    return text;
  }
}

/** The trusted side as functions of the realm; only primitives cross. */
function servicesIn(realm: QuickJSContext, services: RealmServices): QuickJSHandle {
  const object = realm.newObject();
  for (const [name, call] of Object.entries(services) as [string, (...args: unknown[]) => unknown][]) {
    const handle = realm.newFunction(name, (...args) =>
      handleOf(realm, call(...args.map((arg) => realm.dump(arg) as unknown))),
    );
    realm.setProp(object, name, handle);
    handle.dispose();
  }
  return object;
}

function handleOf(realm: QuickJSContext, value: unknown): QuickJSHandle {
  if (typeof value === 'string') return realm.newString(value);
  if (typeof value === 'number') return realm.newNumber(value);
  if (typeof value === 'boolean') return value ? realm.true : realm.false;
  return value === null ? realm.null : realm.undefined;
}
