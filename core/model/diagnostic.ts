/**
 * What `check` says about a configuration. *error* = the original platform would refuse to deploy it or it can not be loaded;
 * everything else is a warning or info and never blocks (settled questions, 11).
 */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'info';
  /** Stable, kebab-case, e.g. `undefined-variable`. */
  readonly code: string;
  /** What is wrong and what to do. */
  readonly message: string;
  readonly product: string | null;
  /** Relative to the configuration's root, POSIX separators. */
  readonly file: string;
  /** 1-based; 1 when the whole file is meant. */
  readonly line: number;
  readonly column: number;
}
