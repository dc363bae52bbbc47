/**
 * What the lab's impact takes and answers (core/lab/impact/SPEC.md). Amounts are decimal text in the currency of the run; percentages
 * are text with at most four decimals, null where there is nothing to relate to.
 */
import type { ImpactBand, ImpactFailure, ImpactMover, ImpactSums } from '#core/lab/impact/contract.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import type { WorksheetDifference } from '#core/model/worksheet-difference.ts';
import type { Changes } from './studio.ts';

export type { ImpactBand, ImpactMover, ImpactSums } from '#core/lab/impact/contract.ts';

/** A version, or an unsaved working copy of it. */
export interface ImpactSide {
  readonly version: number;
  readonly changes?: Changes;
}
export type ImpactBook =
  | { readonly kind: 'sampled'; readonly count: number; readonly seed: string }
  /** The policies of this workbench that are in force now. */
  | { readonly kind: 'in-force' }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly format: 'csv' | 'ndjson';
      readonly content: string;
      /** Columns of a CSV by what they are called here; null leaves one out. */
      readonly columns?: Readonly<Record<string, string | null>>;
      readonly constants?: Readonly<Record<string, string>>;
    }
  /** A kept book (lab-rating.ts), with what was said of its columns. */
  | { readonly kind: 'stored'; readonly locator: string }
  /** The book of an earlier run, which is still loaded. */
  | { readonly kind: 'loaded'; readonly book: string };

/** `POST /api/lab/impact/runs`; `replaces`: the run that nobody waits for any more. Answers an ImpactRun. */
export interface StartImpact {
  readonly product: string;
  readonly before: ImpactSide;
  readonly after: ImpactSide;
  readonly book: ImpactBook;
  readonly replaces?: string;
}
/** `GET /api/lab/impact/runs/{id}?wait=` (milliseconds: answers when the run ends, at the latest then) */
export interface ImpactRun {
  readonly id: string;
  readonly state: 'loading' | 'before' | 'after' | 'done' | 'failed' | 'cancelled';
  /** Names the loaded book, for further runs; absent until it is loaded. */
  readonly book?: string;
  readonly done: number;
  /** 0 while nobody knows. */
  readonly total: number;
  readonly milliseconds: number;
  readonly problem?: string;
}

export interface ImpactLevel extends ImpactSums {
  readonly label: string;
  readonly contribution: string | null;
  readonly offBalance: string | null;
}
export interface ImpactCell extends ImpactSums {
  readonly row: string;
  readonly column: string;
}
export interface ImpactCaps {
  readonly cap: number | null;
  readonly floor: number | null;
  readonly capped: number;
  readonly floored: number;
  readonly givenAway: string;
  readonly kept: string;
  /** The book before they were applied. */
  readonly uncapped: ImpactSums;
}
/** `GET /api/lab/impact/runs/{id}/result?taxes=&fees=&edges=&top=&movers=&by=&and=&cap=&floor=` */
export interface ImpactResult {
  readonly currency: string;
  readonly sides: { readonly before: ImpactSideTitle; readonly after: ImpactSideTitle };
  readonly book: { readonly title: string; readonly size: number };
  readonly measure: { readonly taxes: boolean; readonly fees: boolean };
  readonly whole: ImpactSums;
  readonly quantiles: readonly { readonly share: number; readonly percent: string }[];
  readonly histogram: readonly ImpactBand[];
  readonly bands: readonly ImpactBand[];
  readonly winners: readonly ImpactMover[];
  readonly losers: readonly ImpactMover[];
  /** The fields of the book. */
  readonly fields: readonly string[];
  readonly by?: { readonly field: string; readonly levels: readonly ImpactLevel[] };
  readonly cells?: { readonly rows: string; readonly columns: string; readonly cells: readonly ImpactCell[] };
  readonly caps?: ImpactCaps;
  /** All of them are counted, the first hundred are listed. */
  readonly failures: { readonly count: number; readonly first: readonly ImpactFailure[] };
}
export interface ImpactSideTitle {
  readonly version: number;
  readonly commit: string;
  /** Files that a working copy changes. */
  readonly changed: readonly string[];
}

/** `GET /api/lab/impact/runs/{id}/risks/{index}` */
export interface ImpactRisk {
  readonly key: string;
  readonly index: number;
  readonly before: ImpactRiskSide;
  readonly after: ImpactRiskSide;
  /** Absent where one side has no worksheet of a price. */
  readonly difference?: WorksheetDifference;
  /** Where the worksheets alone can not tell several values apart: the same difference by the files that made it. */
  readonly byFile?: readonly { readonly name: string; readonly difference: string }[];
}
export interface ImpactRiskSide {
  readonly total?: string;
  readonly problem?: string;
  readonly worksheet?: Worksheet;
}

/** `POST /api/lab/impact/runs/{id}/solve`, a job (lab-jobs.ts): the factor for a change of `percent`, on everything or on a column of a table. */
export interface SolveImpact {
  readonly percent: string;
  readonly on: 'all' | { readonly table: string; readonly column: string; readonly decimals: number };
  readonly taxes?: boolean;
  readonly fees?: boolean;
}
export interface ImpactSolution {
  readonly factor: string;
  readonly target: string;
  readonly reached: string;
  readonly residual: string;
  readonly method: 'linear' | 'bisection';
  readonly ratings: number;
  /** The changed table, to be taken into a working copy. */
  readonly changes?: Changes;
}

/** `POST /api/lab/impact/runs/{id}/attribution`, a job (lab-jobs.ts): what of the change comes from which file, put in in this order. */
export interface ImpactAttribution {
  readonly steps: readonly {
    readonly name: string;
    readonly before: string;
    readonly after: string;
    readonly difference: string;
    /** Percent of the whole change. */
    readonly share: string | null;
  }[];
  readonly count: number;
  readonly leftOut: number;
}

/** What rules said: a decision, or `failed` where there is none. */
export type ImpactOutcome = 'accept' | 'none' | 'reject' | 'failed';
export type ImpactOutcomes = Readonly<Record<ImpactOutcome, number>>;
export interface ImpactDecision {
  readonly outcome: ImpactOutcome;
  readonly notes: readonly string[];
  /** Why there is no decision. */
  readonly problem?: string;
}
/** `POST /api/lab/impact/runs/{id}/decisions`, a job (lab-jobs.ts): what the rules of both sides say of the book, risk by risk. */
export interface ImpactDecisions {
  readonly before: ImpactOutcomes;
  readonly after: ImpactOutcomes;
  readonly moves: readonly { readonly from: ImpactOutcome; readonly to: ImpactOutcome; readonly count: number }[];
  /** All of them are counted, the first thousand are listed, in the order of the book. */
  readonly changed: {
    readonly count: number;
    readonly first: readonly {
      readonly index: number;
      readonly key: string;
      readonly before: ImpactDecision;
      readonly after: ImpactDecision;
    }[];
  };
  /** Risks with the same decision and other notes. */
  readonly otherNotes: number;
}
