import type { LiquidCallOutcome } from '#core/liquid/contract.ts';
import type { RenderedTemplate } from '#core/liquid/document/render.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { Place, ProblemCode } from '#core/model/problem.ts';
import type { TableSource } from '#core/model/table.ts';
import type { LogStep, WorksheetStep } from '#core/model/worksheet.ts';

/** All guest code of one configuration, handed to a plugin host once and kept there by its hash. */
export interface Program {
  readonly hash: string;
  /** IANA zone of the tenant. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Path below `scripts/` → JavaScript. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Path relative to the configuration's root → Liquid that calculates (premium, tax, fee, guidelines). */
  readonly calculations: Readonly<Record<string, string>>;
  /** Path relative to the configuration's root → Liquid that renders documents. */
  readonly templates: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, TableSource>>;
}

/** What a run gets instead of the machine's clock and randomness, so that a replay gives the same answer. */
export interface RunContext {
  /** The transaction's clock, milliseconds; does not advance while the guest runs. */
  readonly clock: number;
  /** Seed of `Math.random`; recorded with the result. */
  readonly seed: string;
  /** Collect worksheet steps; switched off they cost nothing. */
  readonly worksheet: boolean;
}

export interface Limits {
  /** Wall time of one run, milliseconds. */
  readonly time: number;
  /** Heap of the guest, megabytes. */
  readonly memory: number;
  /** Size of the answer as JSON, and of the captured log, bytes. */
  readonly output: number;
}

export interface Failure {
  readonly ok: false;
  readonly code: ProblemCode;
  readonly message: string;
  readonly place?: Place;
  readonly log: readonly LogStep[];
  readonly steps: readonly WorksheetStep[];
}

/** One JavaScript plugin call: `exports[function](...arguments)` of the script at `path`. */
export interface PluginRun {
  readonly program: Program;
  /** Relative to `scripts/`. */
  readonly path: string;
  readonly function: string;
  readonly arguments: readonly JsonValue[];
  readonly context: RunContext;
  readonly limits?: Partial<Limits>;
  /** What `socotraApi` may read beside the tables. Absent: nothing is there. */
  readonly reader?: GuestReader;
}
export interface GuestReader {
  fetchByLocator(entity: string, locator: string): Promise<JsonValue>;
  getAuxData(locator: string, key: string): Promise<string | null>;
}
export type PluginOutcome =
  | {
      readonly ok: true;
      readonly value: JsonValue;
      readonly log: readonly LogStep[];
      /** Table lookups, when a worksheet was asked for. */
      readonly steps: readonly WorksheetStep[];
      /** `setAuxData` calls, in order: the caller saves them with the transaction. */
      readonly auxData: readonly {
        readonly locator: string;
        readonly key: string;
        readonly value: string;
        readonly uiType?: string;
      }[];
      /** Time inside the guest, milliseconds. */
      readonly duration: number;
    }
  | Failure;

/**
 * Calculations in one crossing: every call runs its file over `shared` with the members of its own `scope` laid over the top
 * level (`data` objects are merged one level deep: `{...shared.data, ...scope.data}`).
 *
 * Numbers: a JSON number is an integer or a decimal by its shortest text; `{"$decimal": "10000.00"}` is an exact decimal.
 */
export interface LiquidRun {
  readonly program: Program;
  readonly shared: JsonObject;
  readonly calls: readonly { readonly file: string; readonly scope: JsonObject }[];
  readonly context: RunContext;
  readonly limits?: Partial<Limits>;
  /** `compiled` in daily use; `interpreted` is the plain interpreter in decimals, the second opinion. */
  readonly evaluator?: 'compiled' | 'interpreted';
}
export type LiquidOutcome =
  | { readonly ok: true; readonly calls: readonly LiquidCallOutcome[]; readonly duration: number }
  | Failure;

/** Renders one document template to HTML (liquidjs, in the host). */
export interface TemplateRun {
  readonly program: Program;
  readonly template: string;
  readonly data: JsonObject;
  readonly context: RunContext;
  readonly limits?: Partial<Limits>;
}
export type TemplateOutcome = (RenderedTemplate & { readonly duration: number }) | Failure;

/** The plugin hosts: processes of their own that run guest code. Every method answers; none throws for what a guest did. */
export interface Sandbox {
  runPlugin(run: PluginRun): Promise<PluginOutcome>;
  runLiquid(run: LiquidRun): Promise<LiquidOutcome>;
  renderTemplate(run: TemplateRun): Promise<TemplateOutcome>;
  /** Starts a host ahead of its first run, where runs are sure to come; a run never needs it. */
  readonly start?: () => void;
  close(): Promise<void>;
}
