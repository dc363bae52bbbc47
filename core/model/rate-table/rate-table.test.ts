import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../table.ts';
import {
  clearBlock,
  copyBlock,
  fillDown,
  findNext,
  insertRows,
  pasteBlock,
  readClipboard,
  removeRows,
  replaceAll,
  setCell,
} from './block.ts';
import { checkTable, checkWholeTable } from './check.ts';
import { compareTables } from './difference.ts';
import { differenceWords } from './difference-words.ts';
import type { TableEdit } from './edit.ts';
import { EditHistory } from './history.ts';
import { importCsv } from './import-csv.ts';
import { mergeTables, takeOurs } from './merge.ts';
import { RateTable } from './rate-table.ts';

const SEED = 20_261_127;
const cell = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', '1', '2.50', '007', '') },
  fc.constantFrom('x,y', 'say "so"', 'two\nlines', ' padded ', 'é'),
);
const encoded = (text: string): fc.Arbitrary<string> =>
  /[",\r\n]/.test(text)
    ? fc.constant(`"${text.replaceAll('"', '""')}"`)
    : fc.constantFrom(text, text, `"${text}"`, ` ${text} `);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
/** A CSV as somebody may have written it: any line ends, needless quotes, blanks, blank lines, a mark, no last line end. */
const csv = fc
  .record({
    mark: fc.constantFrom('', '\ufeff'),
    rows: fc.array(
      fc.array(cell, { minLength: 3, maxLength: 3 }).chain((row) => fc.tuple(...row.map(encoded))),
      { maxLength: 12 },
    ),
    ends: fc.array(fc.tuple(lineEnd, fc.constantFrom('', '', '', '\n', ' ,,\n')), { minLength: 13, maxLength: 13 }),
    last: fc.boolean(),
  })
  .map(({ mark, rows, ends, last }) => {
    const lines = ['k1,k2,v', ...rows.map((row) => row.join(','))];
    return (
      mark + lines.map((line, i) => line + (i === lines.length - 1 && !last ? '' : (ends[i] ?? []).join(''))).join('')
    );
  });

/** A random edit of a table as it stands. */
function randomEdit(table: RateTable, dice: (sides: number) => number): TableEdit {
  const texts = ['z', '9', '', 'q"', '2.5', 'm,n'];
  const kind = dice(table.rowCount === 0 ? 1 : 4);
  const at = dice(table.rowCount + 1);
  if (kind === 0)
    return {
      kind: 'insert',
      positions: [at, at + 1],
      cells: [
        [`n${dice(99)}`, 'n', 'n'],
        ['o', `${dice(9)}`, ''],
      ],
    };
  const row = table.idAt(Math.min(at, table.rowCount - 1));
  if (kind === 1) return { kind: 'remove', rows: [row] };
  const set: TableEdit = {
    kind: 'cells',
    rows: [row, row],
    columns: [dice(3), 2],
    texts: [texts[dice(6)] ?? '', texts[dice(6)] ?? ''],
  };
  return kind === 2 ? set : { kind: 'group', edits: [set, { kind: 'remove', rows: [row] }] };
}

function edited(text: string, throws: readonly number[], schema?: TableSchema): RateTable {
  const table = new RateTable(text, { schema });
  let at = 0;
  const dice = (sides: number): number => {
    at += 1;
    return (throws[at % throws.length] ?? 0) % sides;
  };
  for (let i = 0; i < throws.length / 5; i += 1) table.apply(randomEdit(table, dice));
  return table;
}
const throws = fc.array(fc.nat(1_000), { minLength: 5, maxLength: 40 });
const rowsOf = (table: RateTable): string[][] =>
  Array.from({ length: table.rowCount }, (_, at) => [...table.cells(table.idAt(at))]).filter((row) =>
    row.some((text) => text !== ''),
  );

describe('the file and its edits', () => {
  it('RT3 what nobody edited has its bytes', () => {
    fc.assert(
      fc.property(csv, (text) => new RateTable(text).toText() === text),
      { seed: SEED, numRuns: 500 },
    );
    const text = '\ufeffkey , "value"\r\n\r\n"a" , 1\n b,"2"\r\n\n"c",3';
    const table = new RateTable(text);
    table.apply({ kind: 'cells', rows: [1], columns: [1], texts: ['2,5'] });
    expect(table.toText()).toBe('\ufeffkey , "value"\r\n\r\n"a" , 1\n b,"2,5"\r\n\n"c",3');
    table.apply({ kind: 'remove', rows: [1] });
    table.apply({ kind: 'insert', positions: [2], cells: [['d', '4']] });
    expect(table.toText()).toBe('\ufeffkey , "value"\r\n\r\n"a" , 1\n\n"c",3\r\nd,4');
  });
  it('RT3 RT5 what is written reads as what stands in the grid', () => {
    fc.assert(
      fc.property(csv, throws, (text, dice) => {
        const table = edited(text, dice);
        expect(rowsOf(new RateTable(table.toText()))).toEqual(rowsOf(table));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
  it('RT6 undo and redo go through every state, to the byte', () => {
    fc.assert(
      fc.property(csv, fc.array(throws, { minLength: 1, maxLength: 6 }), (text, steps) => {
        const table = new RateTable(text);
        const history = new EditHistory(table);
        const states = [table.toText()];
        for (const [first = 0, ...rest] of steps) {
          let at = 0;
          history.do(randomEdit(table, (sides) => ((rest[at++ % rest.length] ?? first) + at) % sides));
          states.push(table.toText());
        }
        for (const state of states.slice(0, -1).reverse()) {
          history.undo();
          expect(table.toText()).toBe(state);
        }
        for (const state of states.slice(1)) {
          history.redo();
          expect(table.toText()).toBe(state);
        }
        expect(history.canRedo).toBe(false);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
  it('RT7 the changes of a table make it again', () => {
    fc.assert(
      fc.property(csv, throws, (text, dice) => {
        const table = edited(text, dice);
        const again = new RateTable(text);
        again.applyChanges(JSON.parse(JSON.stringify(table.changes())));
        expect(again.toText()).toBe(table.toText());
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
  it('RT26 derived cells follow an edit in one step, and stay as they are typed', () => {
    const schema: TableSchema = {
      keys: [{ column: 'k', match: 'exact' }],
      values: ['rate'],
      columns: {
        gross: { formula: '=round(rate * 1.1, 4)' },
        rate: { formula: 'base * [load %]' },
        sum: { formula: 'sum + 1' },
      },
    };
    const text = 'k,base,load %,rate,gross,sum\na,2.00,1.5,3.00,3.300,1\nb,3,,9,9.9,1\n';
    const table = new RateTable(text, { schema });
    const history = new EditHistory(table);
    history.do({ kind: 'cells', rows: [0, 1], columns: [1, 1], texts: ['2.125', '4'] });
    expect(rowsOf(table)).toEqual([
      ['a', '2.125', '1.5', '3.19', '3.509', '1'],
      ['b', '4', '', '9', '9.9', '1'],
    ]);
    history.do({
      kind: 'group',
      edits: [
        { kind: 'insert', positions: [0], cells: [['c', '10', '2']] },
        { kind: 'cells', rows: [0], columns: [3], texts: ['5'] },
      ],
    });
    expect(rowsOf(table).map((row) => row.slice(3, 5))).toEqual([
      ['20.00', '22.000'],
      ['5', '5.500'],
      ['9', '9.9'],
    ]);
    const last = table.toText();
    for (let step = 0; step < 2; step += 1) history.undo();
    expect([table.toText(), history.canUndo]).toEqual([text, false]);
    for (let step = 0; step < 2; step += 1) history.redo();
    expect(table.toText()).toBe(last);
  });
  it('RT4 a wrong quote is refused with its line', () => {
    for (const text of ['a,b\n1,2"3\n', 'a,b\n1,"2" 3\n', 'a,b\n1,"2\n'])
      expect(() => new RateTable(text, { file: 't.csv' })).toThrow('line 2 of t.csv');
  });
  it('RT8 pastes what a spreadsheet copies', () => {
    expect(readClipboard('a\t"b ""c""\nd"\r\n\t1')).toEqual([
      ['a', 'b "c"\nd'],
      ['', '1'],
    ]);
    expect(readClipboard('a\t\n')).toEqual([['a', '']]);
    const table = new RateTable('k,v\na,1\nb,2\n');
    const paste = (text: string, top: number, bottom: number, left: number, right: number): string => {
      const edit = pasteBlock(table, { top, bottom, left, right }, readClipboard(text));
      if (edit) table.apply(edit);
      return table.toText();
    };
    expect(paste('7', 0, 1, 1, 1)).toBe('k,v\na,7\nb,7\n');
    expect(paste('c\t3\t!\nd\t4\t!', 1, 1, 0, 0)).toBe('k,v\na,7\nc,3\nd,4\n');
    const replaced = replaceAll(table, { text: 'D' }, 'dd');
    if (replaced) table.apply(replaced);
    expect(table.toText()).toBe('k,v\na,7\nc,3\ndd,4\n');
  });
});

describe('blocks of cells', () => {
  it('RT5 fills, clears, inserts, removes and finds', () => {
    const table = new RateTable('k,v\na,1\nb,"2\t3"\nc,4\n');
    const block = { top: 0, bottom: 2, left: 1, right: 1 };
    expect(copyBlock(table, { ...block, left: 0 })).toBe('a\t1\nb\t"2\t3"\nc\t4\n');
    expect(readClipboard(copyBlock(table, block))).toEqual([['1'], ['2\t3'], ['4']]);
    const history = new EditHistory(table);
    for (const edit of [fillDown(table, block), clearBlock(table, { ...block, top: 2 }), setCell(table, 0, 0, ' aa ')])
      if (edit) history.do(edit);
    expect(setCell(table, 0, 0, 'aa')).toBeUndefined();
    expect(table.toText()).toBe('k,v\naa,1\nb,1\nc,\n');
    history.do(insertRows(table, 1, 2));
    expect([table.rowCount, table.toText()]).toEqual([5, 'k,v\naa,1\nb,1\nc,\n']);
    history.do(removeRows(table, 0, 3));
    expect(table.toText()).toBe('k,v\nc,\n');
    while (history.canUndo) history.undo();
    expect(table.toText()).toBe(table.csv.text);
    const find = (text: string, position: number, column: number, backwards = false) =>
      findNext(table, { text }, { position, column }, backwards);
    expect([find('B', 2, 0), find('a', 0, 0), find('4', 0, 0, true), find('x', 0, 0)]).toEqual([
      { position: 1, column: 0 },
      { position: 0, column: 0 },
      { position: 2, column: 1 },
      undefined,
    ]);
  });
});

const keyed: TableSchema = {
  keys: [
    { column: 'k1', match: 'exact' },
    { column: 'k2', match: 'exact' },
  ],
  values: ['v'],
};
const small = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(3), fc.nat(5)), {
    selector: ([a, b]) => `${a}${b}`,
    maxLength: 12,
  })
  .map((rows) => `k1,k2,v\n${rows.map((row) => `${row.join(',')}\n`).join('')}`);
const open = (text: string): RateTable => new RateTable(text, { schema: keyed });
/** By key: the order of rows is nobody's business. */
const content = (table: RateTable): string[] =>
  rowsOf(table)
    .map((row) => row.join(','))
    .sort();

describe('versions', () => {
  it('RT9 RT10 a difference is what makes one version of the other', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const [before, after] = [open(a), open(b)];
        const difference = compareTables(before, after);
        const made = open(a);
        for (const { before: row, after: now, columns } of difference.changed)
          made.apply({
            kind: 'cells',
            rows: columns.map(() => row),
            columns,
            texts: columns.map((column) => after.cell(now, column)),
          });
        made.apply({ kind: 'remove', rows: difference.removed });
        made.apply({
          kind: 'insert',
          positions: difference.added.map((_, i) => made.rowCount + i),
          cells: difference.added.map((row) => after.cells(row)),
        });
        expect(content(made)).toEqual(content(after));
        const keyOf = (table: RateTable, row: number): string => table.cells(row).slice(0, 2).join(',');
        const gone = new Set(difference.removed.map((row) => keyOf(before, row)));
        expect(difference.added.filter((row) => gone.has(keyOf(after, row)))).toEqual([]);
      }),
      { seed: SEED, numRuns: 500 },
    );
    expect(compareTables(open('k1,k2,v\na,1,2\nb,1,3\n'), open('k1,k2,v\r\nb,1,"3"\r\n a,1,2'))).toMatchObject({
      changed: [],
      added: [],
      removed: [],
    });
  });
  it('RT11 says what changed in words', () => {
    const rows = Array.from({ length: 300 }, (_, i) => [`0${14 + (i % 3)}`, i, ((i % 7) / 10 + 1).toFixed(3)]);
    const text = (raise: (row: (string | number)[]) => (string | number)[]): string =>
      `territory,zip,factor\n${rows.map((row) => `${raise(row).join(',')}\n`).join('')}`;
    const schema: TableSchema = {
      keys: [
        { column: 'territory', match: 'exact' },
        { column: 'zip', match: 'exact' },
      ],
      values: ['factor'],
    };
    const words = (change: (row: (string | number)[]) => (string | number)[]): readonly string[] => {
      const [before, after] = [
        new RateTable(
          text((row) => row),
          { schema },
        ),
        new RateTable(text(change), { schema }),
      ];
      return differenceWords(before, after, compareTables(before, after));
    };
    const by = (factor: number, row: (string | number)[]) => [
      row[0] ?? '',
      row[1] ?? '',
      (Number(row[2]) * factor).toFixed(3),
    ];
    expect(words((row) => (row[0] === '014' ? by(1.03, row) : row))).toEqual(['territory 014: factor +3 %, 100 rows']);
    expect(words((row) => (row[0] === '014' ? by(1.03, row) : row[0] === '015' ? by(0.9, row) : row))).toEqual([
      'territory 014: factor +3 %, 100 rows',
      'territory 015: factor −10 %, 100 rows',
    ]);
    expect(words((row) => by(1.05, row))).toEqual(['factor +5 %, 300 rows']);
    expect(words((row) => (row[1] === 5 ? by(2, row) : row))).toEqual([
      'territory 016, zip 5: factor 1.500 → 3.000 (+100 %)',
    ]);
    expect(words((row) => row)).toEqual([]);
  });
  it('RT12 without conflicts a merge holds both sides, whichever is ours', () => {
    fc.assert(
      fc.property(small, throws, throws, (text, one, two) => {
        const [base, ours, theirs] = [open(text), edited(text, one, keyed), open(edited(text, two, keyed).toText())];
        const { changes, conflicts } = mergeTables(base, ours, theirs);
        const merged = open(theirs.toText());
        merged.applyChanges(changes);
        const back = mergeTables(base, open(theirs.toText()), open(ours.toText()));
        expect(back.conflicts.length).toBe(conflicts.length);
        if (conflicts.length > 0) return;
        const other = open(ours.toText());
        other.applyChanges(back.changes);
        expect(content(other)).toEqual(content(merged));
      }),
      { seed: SEED, numRuns: 500 },
    );
    fc.assert(
      fc.property(small, throws, (text, dice) => {
        const mine = edited(text, dice, keyed);
        const { changes, conflicts } = mergeTables(open(text), mine, open(text));
        const merged = open(text);
        merged.applyChanges(changes);
        expect(conflicts).toEqual([]);
        expect(content(merged)).toEqual(content(mine));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
  it('RT13 names what both changed, and takes the side that one chooses', () => {
    const base = 'k1,k2,v\na,1,1\nb,1,2\nc,1,3\n';
    const theirs = 'k1,k2,v\n"a",1,9\nb,1,8\nd,1,4\n';
    const { changes, conflicts } = mergeTables(open(base), open('k1,k2,v\na,1,7\nc,1,5\nd,1,6\ne,1,1\n'), open(theirs));
    expect(conflicts).toEqual([
      { kind: 'cell', key: 'k1 a, k2 1', row: 0, column: 2, columnName: 'v', base: '1', ours: '7', theirs: '9' },
      { kind: 'removed-there', key: 'k1 c, k2 1', after: 1, ours: ['c', '1', '5'] },
      { kind: 'removed-here', key: 'k1 b, k2 1', row: 1, theirs: ['b', '1', '8'] },
      { kind: 'cell', key: 'k1 d, k2 1', row: 2, column: 2, columnName: 'v', base: '', ours: '6', theirs: '4' },
    ]);
    const merged = open(theirs);
    merged.applyChanges(changes);
    expect(merged.toText()).toBe('k1,k2,v\n"a",1,9\nb,1,8\nd,1,4\ne,1,1\n');
    for (const conflict of conflicts) {
      merged.apply(takeOurs(merged, conflict));
    }
    expect(merged.toText()).toBe('k1,k2,v\n"a",1,7\nc,1,5\nd,1,6\ne,1,1\n');
    expect(() => mergeTables(open(base), open('k1,k2,w\na,1,1\n'), open(base))).toThrow('columns');
  });
});

describe('a CSV of somebody else', () => {
  it('RT24 is taken over by key, or refused by cell', () => {
    const schema: TableSchema = { keys: [{ column: 'age', match: 'floor' }], values: ['f'] };
    const table = new RateTable('age,f\r\n20,"1.0"\r\n30,1.1\r\n40,1.2\r\n', { schema });
    const taken = new RateTable(table.csv.text, { schema });
    taken.applyChanges(importCsv(table, 'age,f\n20,1.0\n30,1.15\n35,1.17\n'));
    expect(taken.toText()).toBe('age,f\r\n20,"1.0"\r\n30,1.15\r\n35,1.17\r\n');
    expect(() => importCsv(table, 'age,g\n20,1\n')).toThrow('column 2, line 1 (f) holds g, wanted is the header f');
    expect(() => importCsv(table, 'age,f\n\nyoung,1\n')).toThrow('column 1, line 3 (age) holds the text "young"');
  });
});

describe('checks', () => {
  const found = (text: string, schema: TableSchema, domains: Parameters<typeof checkWholeTable>[1] = []) =>
    checkWholeTable(new RateTable(text, { schema }), domains).map(
      ({ code, row, message }) => `${code} ${row}: ${message}`,
    );
  const bands: TableSchema = {
    keys: [
      { column: 'c', match: 'exact' },
      { column: 'from', match: 'range', to: 'to' },
    ],
    values: ['f'],
  };

  it('RT15 RT16 names keys that occur twice and cells that can not be read or are out of bounds', () => {
    const schema: TableSchema = {
      keys: [{ column: 'k', match: 'exact' }],
      values: ['f'],
      columns: { f: { min: '0.5', max: '9007199254740993' } },
    };
    expect(found('k,f\na,0.50\nb,x\na,0.49\nc,9007199254740994\n', schema)).toEqual([
      'unreadable-number 1: f should be a number, not "x".',
      'out-of-bounds 2: f 0.49 is below 0.5.',
      'out-of-bounds 3: f 9007199254740994 is above 9007199254740993.',
      'duplicate-key 2: The key a stands in row 1 too: a lookup does not tell them apart.',
    ]);
  });
  it('RT17 shows a value that lies in no band, and one that lies in two', () => {
    const text = 'c,from,to,f\nx,,15,1\nx,16,24,1\nx,26,40,1\nx,40,,1\ny,0,10,1\ny,10.5,12,1\n';
    expect(found(text, bands)).toEqual(
      [
        'gap 2: from to to: no band holds 24.1: the one before ends with 24, this one begins with 26.',
        'overlapping-bands 3: from to to: this band overlaps 26–40: 40 lies in both, the later start counts.',
        'gap 5: from to to: no band holds 10.1: the one before ends with 10, this one begins with 10.5.',
        'gap 1: from to to: no band holds 15.1: the one before ends with 15, this one begins with 16.',
      ].sort((a, b) => Number(a.match(/\d+/)?.[0]) - Number(b.match(/\d+/)?.[0])),
    );
    expect(found('c,from,to,f\nx,,15,1\nx,16,24,1\nx,26,,1\n', bands)).toEqual([
      'gap 2: from to to: no band holds 25: the one before ends with 24, this one begins with 26.',
    ]);
  });
  it('RT18 RT19 follows trends, steps and formulas', () => {
    const steps: TableSchema = { keys: [{ column: 'age', match: 'floor' }], values: ['f'] };
    const text = (values: readonly string[]): string =>
      `age,f\n${values.map((value, i) => `${20 + i},${value}\n`).join('')}`;
    const rising = ['1', '1.1', '1.2', '1.3', '1.4', '1.5', '1.45', '1.7', '1.8', '1.9', '2', '2.1'];
    expect(found(text(rising), steps)).toEqual([
      'not-monotone 6: f rises along age but for this row: age 25: 1.5, age 26: 1.45.',
    ]);
    expect(found(text(rising), { ...steps, columns: { f: { monotone: 'up', step: '0.15' } } })).toEqual([
      'not-monotone 6: f should never fall along age: age 25: 1.5, age 26: 1.45.',
      'jump 7: f changes by more than 15 %: age 26: 1.45, age 27: 1.7.',
    ]);
    const derived: TableSchema = {
      ...steps,
      values: ['f', 'g'],
      columns: { g: { formula: 'round(f * (1 + 0.1), 2)' } },
    };
    expect(found('age,f,g\n20,1,1.10\n21,2,2.1\n', derived)).toEqual([
      'formula-differs 1: g is "2.1", its formula round(f * (1 + 0.1), 2) makes 2.2.',
    ]);
  });
  it('RT20 knows keys that no option gives and options without a key', () => {
    const schema: TableSchema = { keys: [{ column: 'k', match: 'exact' }], values: ['f'] };
    const domain = [{ column: 'k', field: 'type', values: ['Car', 'Van'] }];
    expect(found('k,f\nCar,1\nvan,2\n', schema, domain)).toEqual([
      'impossible-key 1: No option of type is "van": this row is never found. Did you mean "Van"?',
      'option-without-key undefined: The option "Van" of type has no row: its lookup misses.',
    ]);
    expect(found('k,f\nCar,1\nDEFAULT,2\n', schema, domain)).toEqual([]);
  });
  it('RT21 answers the same however it pauses, and counts what it does not list', () => {
    const table = new RateTable(`key,value\n${'a,1\n'.repeat(5_000)}`);
    const findings = checkWholeTable(table);
    expect(findings).toHaveLength(201);
    expect(findings.at(-1)?.message).toBe('4,799 more of this kind.');
    let pauses = 0;
    for (const _ of checkTable(table)) pauses += 1;
    expect(pauses).toBeGreaterThan(1);
  });
});
