import type { Desk } from '#core/desk/desk.ts';
import { numbersLeft, SERIES } from '#core/desk/numbers.ts';
import type { SyncState } from './contract.ts';
import type { Round } from './round.ts';
import type { SyncSettings } from './settings.ts';
import type { SyncStatus } from './status-contract.ts';
import type { Transport } from './transport.ts';
import { setBackStatement } from './way-back.ts';

/** How far the step of a round is. */
export interface Activity {
  readonly done: number;
  /** Null: not known. */
  readonly total: number | null;
  readonly bytes: number;
}
export function statusOf(
  desk: Desk,
  parts: {
    readonly settings: SyncSettings | undefined;
    readonly state: SyncState;
    readonly activity: Activity;
    readonly traffic: SyncStatus['traffic'];
    readonly round: Round;
    readonly transport: Transport;
  },
): SyncStatus {
  const { settings, state, activity, traffic, round, transport } = parts;
  const { replication } = desk.store;
  const replica = replication.status();
  const files = replication.files.counts();
  return {
    cloud: settings
      ? { tenantName: settings.tenantName, addresses: settings.addresses, address: transport.address() }
      : null,
    device: desk.store.device,
    on: state.on,
    metered: state.metered,
    activity: activityOf(state.phase, activity),
    blocked: state.blocked,
    position: replica?.position ?? 0,
    cloudPosition: round.cloudPosition,
    complete: replica !== undefined && replica.snapshot === undefined,
    waiting: { ...(replica?.waiting ?? { entries: 0, bytes: 0 }), files: files.own, fetches: files.others },
    parked: replica?.parked ?? 0,
    setBack: setBackStatement(replication) ?? null,
    lost: replica?.lost ?? 0,
    conflicts: desk.store.find('conflict', 'state', 'open').length,
    lastSuccess: state.lastSuccess,
    lastFailure: state.lastFailure,
    nextTry: state.nextTry,
    clockOffset: transport.clockOffset(),
    traffic: { ...traffic },
    numbers: settings ? SERIES.map((series) => ({ series, left: numbersLeft(desk, series) })) : [],
  };
}

function activityOf(phase: SyncState['phase'], activity: Activity): SyncStatus['activity'] {
  switch (phase) {
    case 'snapshot':
    case 'pulling':
    case 'pushing':
    case 'blobs':
      return { phase, ...activity };
    // A moment of the greeting, for whoever looks.
    case 'numbers':
    case 'rewinding':
      return { phase: 'handshaking' };
    default:
      return { phase };
  }
}
