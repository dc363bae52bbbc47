import { NO_HASH } from './entry.ts';
import type { JournalRow } from './journal.ts';
import { FORMER } from './replica/identity.ts';

type Row = Pick<JournalRow, 'device' | 'sequence' | 'hash' | 'seen'>;
/** Told of every entry of a journal in its order; names in sentences where a device's chain is not whole. */
export interface Chains {
  /** @param previousHash undefined where the entry can not be read */
  next(row: Row, previousHash: string | undefined, place: string): void;
  /** That was the last. */
  end(): void;
}
interface Faults {
  add(sentence: string): void;
}
/** Where a chain has got to. */
interface End {
  readonly sequence: number;
  readonly hash: string;
}
const NOTHING: End = { sequence: 0, hash: NO_HASH };

/** Of a store without a cloud: the journal is the chain. */
export function chainsInOrder(faults: Faults): Chains {
  const ends = new Map<string, End>();
  return {
    next(row, previousHash, place) {
      const before = ends.get(row.device) ?? NOTHING;
      ends.set(row.device, row);
      compare(before, row.sequence, previousHash, place, faults);
    },
    end: () => undefined,
  };
}

/** A piece of a chain that stands in the journal in its order. */
interface Piece {
  readonly first: number;
  readonly previousHash: string | undefined;
  readonly place: string;
  end: End;
}

/**
 * Of a store with a cloud: what was missing of a chain may have come from the log later than what follows it (a store that was
 * repaired, SY92, or a cloud that was set back, SY97), so that pieces stand in the journal in another order.
 * @param begunLater what other devices made before the heads were fetched is not here
 */
export function chainsInPieces(begunLater: boolean, faults: Faults): Chains {
  const chains = new Map<string, { readonly unknown: boolean; readonly pieces: Piece[] }>();
  return {
    next({ device, sequence, hash, seen }, previousHash, place) {
      // What stands aside continues what this store no longer is, or what the log has not.
      const unknown = (begunLater && seen === null) || device.endsWith(FORMER);
      const chain = chains.get(device) ?? { unknown, pieces: [] };
      chains.set(device, chain);
      const open = chain.pieces.findLast(({ end }) => end.sequence + 1 === sequence);
      const end = { sequence, hash };
      if (!open) {
        chain.pieces.push({ first: sequence, previousHash, place, end });
        return;
      }
      compare(open.end, sequence, previousHash, place, faults);
      open.end = end;
    },
    end() {
      for (const [device, { unknown, pieces }] of chains) {
        let before = unknown ? undefined : NOTHING;
        for (const { first, previousHash, place, end } of pieces.toSorted((a, b) => a.first - b.first)) {
          // What stands aside may have gaps: what is missing comes from the log, if it is there.
          const gap = device.endsWith(FORMER) && before !== undefined && first > before.sequence + 1;
          if (before && !gap) compare(before, first, previousHash, place, faults);
          before = end;
        }
      }
    },
  };
}

function compare(before: End, sequence: number, previousHash: string | undefined, place: string, faults: Faults): void {
  if (sequence !== before.sequence + 1)
    faults.add(`${place} follows sequence ${before.sequence}: what lies between is missing.`);
  if (previousHash !== undefined && previousHash !== before.hash)
    faults.add(`${place} does not continue the entry before it: the chain is broken.`);
}
