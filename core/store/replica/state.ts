import type { Connection } from '../database.ts';

/** The row that says where this store stands in the log (migration 0003). */
export interface ReplicaState {
  readonly position: number;
  readonly settled: number;
  readonly baseline: number;
  /** JSON; null: the first fetch is complete. */
  readonly snapshot: string | null;
}
export interface StateTable {
  /** Undefined: a stand-alone store. */
  read(): ReplicaState | undefined;
  write(state: ReplicaState): void;
}

export function stateTable(database: Connection): StateTable {
  const read = database.prepare<[], ReplicaState>('SELECT position, settled, baseline, snapshot FROM replica');
  const write = database.prepare<[ReplicaState]>(
    `INSERT OR REPLACE INTO replica (one, position, settled, baseline, snapshot)
     VALUES (1, @position, @settled, @baseline, @snapshot)`,
  );
  return { read: () => read.get(), write: (state) => void write.run(state) };
}
