/** One measured line: a ratio with its aim, or an absolute figure that is only reported. */
export interface Line {
  readonly what: string;
  readonly value: string;
  readonly aim?: string;
  readonly ok?: boolean;
}
export interface Bench {
  readonly name: string;
  /** @param options what was asked for with `--`: `small`, a part */
  readonly run: (options: ReadonlySet<string>) => Promise<readonly Line[]>;
}
