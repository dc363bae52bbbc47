import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** SQLite's write-ahead log (https://sqlite.org/fileformat2.html#the_write_ahead_log): a header, then frames of a page each. */
const HEADER = 32;
const FRAME = 24;
const BIG_ENDIAN = 0x377f0683;
const LITTLE_ENDIAN = 0x377f0682;

type Sums = readonly [number, number];
interface Frame {
  readonly at: number;
  /** Of the log that was being written: what lies behind its end may be of one before. */
  readonly own: boolean;
  /** Its page and its place are what was written. */
  readonly sound: boolean;
  /** It ends a transaction. */
  readonly commits: boolean;
}

/**
 * Whether something is lost in the middle of a log that a process left behind (SPEC J60). SQLite itself ends reading at the first frame
 * that does not add up, and says nothing: that is right for a transaction that a power cut tore, which nobody was told of. But the next
 * transaction is begun only when the one before is on the disk: where two ends of transactions lie behind, one was acknowledged.
 * @param file of the database
 */
export function isLogDamaged(file: string): boolean {
  const log = readLog(file);
  if (!log) return false;
  const torn = log.frames.findIndex(({ sound }) => !sound);
  if (torn < 0) return false;
  return log.frames.slice(torn).filter(({ own, commits }) => own && commits).length >= 2;
}

/**
 * Writes a log anew without the frames that are damaged, so that those behind them can be read: each page is sealed by itself, and
 * whatever is read is proven by its hash. @param file of a copy of the database
 */
export function mendLog(file: string): void {
  const log = readLog(file);
  if (!log || log.frames.every(({ sound }) => sound)) return;
  const { bytes, page, big } = log;
  const kept: Buffer[] = [bytes.subarray(0, HEADER)];
  let sums: Sums = [bytes.readUInt32BE(24), bytes.readUInt32BE(28)];
  for (const { at, own, sound } of log.frames) {
    if (!own || !sound) continue;
    const frame = Buffer.from(bytes.subarray(at, at + FRAME + page));
    sums = added(sums, frame, big);
    frame.writeUInt32BE(sums[0], 16);
    frame.writeUInt32BE(sums[1], 20);
    kept.push(frame);
  }
  writeFileSync(`${file}-wal`, Buffer.concat(kept));
}

function readLog(
  file: string,
):
  | { readonly bytes: Buffer; readonly page: number; readonly big: boolean; readonly frames: readonly Frame[] }
  | undefined {
  const bytes = existsSync(`${file}-wal`) ? readFileSync(`${file}-wal`) : Buffer.alloc(0);
  if (bytes.length < HEADER) return undefined;
  const magic = bytes.readUInt32BE(0);
  if (magic !== BIG_ENDIAN && magic !== LITTLE_ENDIAN) return undefined;
  const big = magic === BIG_ENDIAN;
  const page = bytes.readUInt32BE(8);
  if (page < 512 || page > 65_536) return undefined;
  const salts = bytes.subarray(16, 24);
  const frames: Frame[] = [];
  let before: Sums = [bytes.readUInt32BE(24), bytes.readUInt32BE(28)];
  for (let at = HEADER; at + FRAME + page <= bytes.length; at += FRAME + page) {
    const frame = bytes.subarray(at, at + FRAME + page);
    const said: Sums = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
    const own = frame.subarray(8, 16).equals(salts);
    const [first, second] = added(before, frame, big);
    const sound = own && first === said[0] && second === said[1];
    frames.push({ at, own, sound, commits: frame.readUInt32BE(4) > 0 });
    // What is damaged in a page is its own: the next one continues what this one said.
    before = said;
  }
  return { bytes, page, big, frames };
}

/** The running sums over the first eight octets of a frame and its page. */
function added([s0, s1]: Sums, frame: Buffer, big: boolean): Sums {
  let [first, second] = [s0, s1];
  const word = (at: number): number => (big ? frame.readUInt32BE(at) : frame.readUInt32LE(at));
  const add = (from: number, to: number): void => {
    for (let at = from; at < to; at += 8) {
      first = (first + word(at) + second) >>> 0;
      second = (second + word(at + 4) + first) >>> 0;
    }
  };
  add(0, 8);
  add(FRAME, frame.length);
  return [first, second];
}
