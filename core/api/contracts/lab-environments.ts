/** What the resources of environments take and answer (core/lab/environments/SPEC.md). Times are milliseconds. */

/** `GET /api/lab/environments` */
export interface Environments {
  readonly current: string;
  readonly environments: readonly Environment[];
}
export interface Environment {
  readonly kind: 'development' | 'staging' | 'production';
  readonly name: string;
  readonly folder: string;
  readonly clonedAt?: number;
  readonly clonedFrom?: string;
}
/** `GET /api/lab/promotions`: what waits here for a second person. */
export interface Promotions {
  readonly secondPerson: boolean;
  readonly pending: readonly {
    readonly locator: string;
    readonly product: string;
    readonly message: string;
    readonly byName: string;
    readonly at: number;
    /** The branch that holds it: what differs is shown as any difference of versions. */
    readonly branch: string;
  }[];
}
