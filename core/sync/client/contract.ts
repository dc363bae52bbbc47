import type { ReplicaStatus } from '#core/store/replica/replication-contract.ts';

/** What the device's side of replication knows and does (core/sync/SPEC.md SY80 and on). Times are milliseconds. */

export type Direction = 'push' | 'pull';
/** Why it stands still until a person does something. */
export type Blocked =
  | {
      readonly reason: 'device-too-old' | 'cloud-too-old' | 'cloud-behind' | 'revoked' | 'wiped' | 'disk-full' | 'fork';
      readonly message: string;
    }
  | {
      readonly reason: 'brake';
      readonly message: string;
      readonly direction: Direction;
      readonly changed: number;
      readonly deleted: number;
      readonly of: number;
    };

/** Where a round is. One thing is done at a time; what comes next follows from the state and what came of it. */
export type Phase =
  | 'off'
  | 'waiting'
  | 'handshaking'
  | 'rewinding'
  | 'snapshot'
  | 'pulling'
  | 'pushing'
  | 'numbers'
  | 'blobs'
  | 'blocked';
export interface SyncState {
  readonly phase: Phase;
  readonly on: boolean;
  readonly metered: boolean;
  /** Somebody asked for this round: it goes on although it is switched off. */
  readonly asked: boolean;
  /** Something was pushed that this round has not pulled the answer of. */
  readonly unanswered: boolean;
  /** Failures one after the other. */
  readonly failures: number;
  readonly nextTry: number | null;
  readonly blocked: Blocked | null;
  /** Which way a person has let pass what the brake held, until the round ends. */
  readonly allowed: Direction | null;
  readonly lastSuccess: number | null;
  readonly lastFailure: { readonly at: number; readonly message: string } | null;
}
/** What happened. */
export type SyncEvent =
  | { readonly event: 'switched'; readonly on?: boolean; readonly metered?: boolean }
  /** Somebody wants a round now. */
  | { readonly event: 'asked' }
  /** A moment to look whether something is to be done. */
  | { readonly event: 'tick' }
  | {
      readonly event: 'greeted';
      /** Last position of the log. */
      readonly position: number;
      /** The chain that the cloud knows of this device, against its own journal. */
      readonly chain: 'same' | 'fork';
      /** Last sequence that the log has. */
      readonly sequence: number;
      readonly tooOld?: 'device' | 'cloud' | undefined;
      readonly order?: 'wipe' | undefined;
      /** The cloud was set back since they last spoke, and says so, or not (SY96, SY93). */
      readonly setBack?: 'said' | 'unsaid' | undefined;
    }
  /** A batch was applied, or sent, or a step is through. */
  | { readonly event: 'done'; readonly more: boolean }
  | { readonly event: 'failed'; readonly failure: Failure }
  | { readonly event: 'confirmed'; readonly direction: Direction }
  | { readonly event: 'enrolled' };
export type Failure =
  /** Nobody answered, or somebody said that it is no good moment: it is tried again by itself. */
  | { readonly kind: 'away'; readonly message: string }
  /** It is not tried again before a person has done something. */
  | ({ readonly kind: 'blocked' } & Blocked);

/** What the machine looks at beside its state. */
export interface SyncFacts {
  readonly now: number;
  /** 0 to 1, random: spreads the tries of many devices. */
  readonly jitter: number;
  readonly replica: ReplicaStatus | undefined;
  /** It was repaired and takes a new identity by itself, before anything else (SY92). */
  readonly succeeds: boolean;
  /** What waits here lets others go first, after the cloud was set back (SY97). */
  readonly holds: boolean;
  /** A series has few numbers left. */
  readonly numbersLow: boolean;
}
/** The next thing to do; undefined: wait for what happens. */
export type SyncAction = 'succeed' | RoundAction;
export type RoundAction =
  | 'greet'
  | 'rewind'
  | 'snapshot'
  | 'pull'
  | 'push'
  | 'numbers'
  | 'blobs'
  | 'end-identity'
  | 'wipe';
