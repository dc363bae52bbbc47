import type { Place, ProblemCode } from '#core/model/problem.ts';
import type { LookupResult } from '#core/model/table.ts';
import type { Limits, Program, RunContext } from './contract.ts';

/** A program as it crosses to a host: tables as JSON text, so that only the isolate parses them. */
export interface ProgramText extends Omit<Program, 'tables'> {
  readonly tables: Readonly<Record<string, string>>;
}

/** A lookup in a table that stays with the pool (SPEC.md, S50). */
export interface TableQuestion {
  readonly table: string;
  readonly keys: readonly string[];
  /** Milliseconds; only of tables whose rows have dates. */
  readonly asOf?: number;
  readonly column?: string;
}
export interface TableAnswer extends TableQuestion {
  readonly result: LookupResult;
}
/** What a run is told of the tables that stay with the pool. */
export interface Told {
  /** JSON text of `TableAnswer[]`; '' for none. */
  readonly answers: string;
  /** Whether it goes on after a missing answer, to find what else it asks for. */
  readonly guess: boolean;
}

/** One piece of work for a host. Data cross as JSON text, so that only the isolate and the caller parse them. */
export type Work =
  | {
      readonly kind: 'plugin';
      readonly path: string;
      readonly function: string;
      /** JSON text of the list of arguments. */
      readonly arguments: string;
      /** Whether `socotraApi` may ask for entities and auxiliary data. */
      readonly reads: boolean;
    }
  | {
      readonly kind: 'liquid';
      readonly files: readonly string[];
      /** JSON text of `{shared, calls}`. */
      readonly data: string;
      readonly evaluator: 'compiled' | 'interpreted';
    }
  | { readonly kind: 'template'; readonly template: string; readonly data: string }
  | BatchWork;

/** A call of a batch realm, which is there until it is closed; the order's hash names it (SPEC.md, S40). */
export interface BatchWork {
  readonly kind: 'batch';
  /** `open` and `close` are the realm's own; `script` compiles `[path, source]`; any other is a function of what was opened. */
  readonly call: string;
  readonly arguments: readonly (string | number)[];
  /** Length of a text in UTF-8 that comes through the data channel: the last argument. */
  readonly bytes?: number;
}
/** File descriptor of a host's data channel: bytes that are no message, for they are many. */
export const DATA_CHANNEL = 4;

/** Pool → host. */
export type Order =
  | {
      readonly type: 'run';
      readonly hash: string;
      readonly work: Work;
      readonly context: RunContext;
      readonly limits: Limits;
      readonly told?: Told;
    }
  | { readonly type: 'program'; readonly program: ProgramText }
  | { readonly type: 'told'; readonly ticket: number; readonly text: string };

export type Answer =
  | {
      readonly ok: true;
      /** JSON text: of `{value}` for a plugin, of the list of outcomes for Liquid, of the rendered document for a template. */
      readonly text: string;
      /** What a batch answers besides, as it is. */
      readonly bytes?: ArrayBuffer;
      /** JSON text of a `CallRecord`; '' where there is none. */
      readonly record: string;
      readonly duration: number;
      readonly open?: string;
    }
  | {
      readonly ok: false;
      readonly code: ProblemCode;
      readonly message: string;
      readonly place?: Place;
      readonly record: string;
      /** JSON text of the `TableQuestion[]` that the run was not told the answers of: it is to be run again with them. '' for none, absent where nobody knows. */
      readonly open?: string;
    };

/** Host → pool. */
export type Report =
  /** The host lives, or is done with what it does after an answer: it takes the next work. */
  | { readonly type: 'ready' }
  | { readonly type: 'need-program' }
  /** Something is being loaded or compiled: not in the guest's time. */
  | { readonly type: 'loading' }
  /** All is loaded: the guest's time begins now. */
  | { readonly type: 'loaded' }
  | {
      readonly type: 'ask';
      readonly ticket: number;
      readonly what: 'entity' | 'auxData';
      readonly a: string;
      readonly b: string;
    }
  | { readonly type: 'answer'; readonly answer: Answer };
