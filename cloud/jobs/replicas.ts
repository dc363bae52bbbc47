import type { Sandbox } from '#core/sandbox/contract.ts';
import type { JobContext } from './contract.ts';
import { openReplica, type Replica } from './replica.ts';

/** The replicas that a copy keeps between jobs: the newest few, each used by one job at a time. */
export interface Replicas {
  /**
   * Work on a tenant's replica while nobody else does. `at` brings it to a position that is the end of a push; one that is ahead of
   * it is thrown away and made anew.
   */
  use<T>(
    tenant: string,
    signal: AbortSignal,
    work: (at: (position: number) => Promise<Replica>) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

const MOST = 8;

export function openReplicas(context: JobContext, sandbox: Sandbox): Replicas {
  /** The one used last stands last. */
  const kept = new Map<string, Replica>();
  const turns = new Map<string, Promise<unknown>>();

  async function drop(tenant: string): Promise<void> {
    const replica = kept.get(tenant);
    kept.delete(tenant);
    await replica?.close();
  }
  async function at(tenant: string, position: number, signal: AbortSignal): Promise<Replica> {
    const known = kept.get(tenant);
    if (known && known.position > position) await drop(tenant);
    let replica = kept.get(tenant);
    kept.delete(tenant);
    replica ??= await openReplica(context, tenant, position, sandbox, signal);
    kept.set(tenant, replica);
    await replica.catchUp(position, signal);
    for (const other of [...kept.keys()].slice(0, -MOST)) if (!turns.has(other)) await drop(other);
    return replica;
  }
  return {
    use(tenant, signal, work) {
      const turn = (turns.get(tenant) ?? Promise.resolve())
        .catch(() => undefined)
        .then(() => work((position) => at(tenant, position, signal)));
      turns.set(tenant, turn);
      const over = (): void => {
        if (turns.get(tenant) === turn) turns.delete(tenant);
      };
      turn.then(over, over);
      return turn;
    },
    async close() {
      await Promise.allSettled(turns.values());
      for (const tenant of [...kept.keys()]) await drop(tenant);
    },
  };
}
