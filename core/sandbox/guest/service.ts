import type { TableIndex, TableSource } from '#core/model/table.ts';
import { indexTable } from '#core/model/table-index.ts';
import type { LogStep, LookupStep, WarningStep, WorksheetStep } from '#core/model/worksheet.ts';
import { askedTables } from './asked-table.ts';
import type { RealmServices } from './realm.ts';

/**
 * Asks the pool for something outside the isolate and waits.
 * @returns JSON text `{"value": …}` or `{"error": "…"}`.
 */
type Ask = (what: 'entity' | 'auxData', a: string, b: string) => string;

/** What one plugin call did, beside its answer. */
export interface CallRecord {
  readonly log: readonly LogStep[];
  readonly steps: readonly WorksheetStep[];
  readonly auxData: readonly AuxWrite[];
}
interface AuxWrite {
  readonly locator: string;
  readonly key: string;
  readonly value: string;
  readonly uiType?: string;
}

/** The trusted side inside a program's isolate: it holds the tables and keeps the record of the running call. */
export interface Service {
  /** @param text JSON of a `TableSource`; `asked` when its rows stay with the pool */
  loadTable(text: string): void;
  table(name: string): TableIndex | undefined;
  /** Tables that stay with the pool: what the coming run is told of them, and what it asked for besides (`AskedTables`). */
  tell(text: string, guess: boolean): void;
  open(): string;
  /** @param reads whether there is somebody to ask */
  begin(clock: number, worksheet: boolean, outputLimit: number, reads: boolean): void;
  /** @returns JSON text of a `CallRecord`. */
  collect(): string;
  readonly realm: RealmServices;
}

const MOST_STEPS = 100_000;
const FRAME = /\(?(scripts\/[^():]+):(\d+):\d+\)?$/m;

/** The first of the author's own lines in a stack. */
function placeIn(stack: string): { place?: { file: string; line: number } } {
  const [, file, line] = FRAME.exec(stack) ?? [];
  return file === undefined ? {} : { place: { file, line: Number(line) } };
}

/** The service of one isolate. @param timeZone IANA zone of the tenant, for effective dates of tables */
export function createService(timeZone: string, ask: Ask): Service {
  const tables = new Map<string, TableIndex>();
  const asked = askedTables();
  let clock = 0;
  let worksheet = false;
  let reads = false;
  let why = '';
  let outputLimit = 0;
  let room = 0;
  let auxRoom = 0;
  let log: LogStep[] = [];
  let steps: (LookupStep | WarningStep)[] = [];
  let auxData: AuxWrite[] = [];

  const note = (step: LookupStep): void => {
    if (steps.length < MOST_STEPS) steps.push(step);
    else if (steps.length === MOST_STEPS) {
      steps.push({ kind: 'warning', message: `Only the first ${MOST_STEPS} lookups of this call are shown.` });
    }
  };

  const realm: RealmServices = {
    lookup(table, keysText, asOf, stack) {
      const keys: string[] = JSON.parse(keysText);
      try {
        const index = tables.get(table);
        if (!index) throw new Error(`there is no table "${table.slice(0, 100)}" in this configuration`);
        const result = index.lookup(keys, asOf ?? clock);
        if (worksheet) note({ kind: 'lookup', table, keys, ...result, ...placeIn(stack) });
        return result.value ?? '';
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
        if (worksheet)
          note({ kind: 'lookup', table, keys, found: false, value: null, rows: [], why, ...placeIn(stack) });
        return null;
      }
    },
    why: () => why,
    print(level, text, stack) {
      if (room < 0) return;
      room -= text.length + 16;
      if (room < 0) {
        log.push({
          kind: 'log',
          level: 'warn',
          text: `The log is cut off here: it is larger than ${outputLimit} bytes.`,
        });
        return;
      }
      log.push({ kind: 'log', level: level as LogStep['level'], text, ...placeIn(stack) });
    },
    room: () => Math.max(0, room),
    fetch(entity, locator) {
      return reads
        ? ask('entity', entity, locator)
        : JSON.stringify({ error: `fetchByLocator: there is no ${entity} ${locator} here` });
    },
    getAux(locator, key) {
      const own = auxData.findLast((write) => write.locator === locator && write.key === key);
      if (own) return JSON.stringify({ value: own.value });
      return reads ? ask('auxData', locator, key) : '{"value":null}';
    },
    setAux(locator, key, value, uiType) {
      auxRoom -= locator.length + key.length + value.length + 16;
      if (auxRoom < 0) return false;
      auxData.push({ locator, key, value, ...(uiType === undefined ? {} : { uiType }) });
      return true;
    },
  };

  return {
    realm,
    loadTable(text) {
      const source: TableSource & { readonly asked?: true } = JSON.parse(text);
      if (source.asked) {
        tables.set(source.name, asked.index(source));
        return;
      }
      const index = indexTable(source, timeZone);
      tables.set(source.name, index);
      try {
        // The first lookup builds the index: now, not in a guest's time. A table that can not be indexed says so when it is used.
        index.lookup(source.schema?.keys.map(() => '') ?? ['']);
      } catch {}
    },
    table: (name) => tables.get(name),
    tell: asked.tell,
    open: asked.open,
    begin(now, withWorksheet, limit, withReads) {
      clock = now;
      worksheet = withWorksheet;
      reads = withReads;
      outputLimit = limit;
      room = limit;
      auxRoom = limit;
      log = [];
      steps = [];
      auxData = [];
    },
    collect() {
      const record: CallRecord = { log, steps, auxData };
      return JSON.stringify(record);
    },
  };
}
