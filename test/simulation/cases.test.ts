import { expect, test } from 'vitest';
import { canonicalJson, type JsonObject, type JsonValue } from '#core/model/json.ts';
import type { RecordType } from '#core/store/contract.ts';
import { type Answer, Authority } from './authority.ts';
import type { Case, Does, Pushes } from './cases/case.ts';
import { CASES } from './cases/cases.ts';
import { NUMBERS, START } from './cases/start.ts';
import { Laptop, type Made } from './laptop.ts';
import { inspect } from './oracle.ts';
import { all, difference } from './records.ts';

class Told {
  readonly authority = new Authority();
  readonly laptops = new Map<string, Laptop>();
  #at = 5_000;

  constructor() {
    for (const device of ['start', 'A', 'B']) {
      this.laptops.set(device, new Laptop(device, 2, undefined));
      this.authority.enrol(device, undefined);
      for (const series of ['policyNumber', 'invoice', 'payment'] as const)
        this.authority.grant(device, series, NUMBERS);
    }
    this.authority.validate = (_type, record) => {
      if (record.bad) throw new Error('bad');
      if (Number(record.contractStart) > Number(record.contractEnd)) throw new Error('it ends before it starts');
    };
    const start = Object.entries(START).map(([name, record]) => ({ ...keyOf(name), record }));
    const entry = this.laptop('start').commit('start', 'somebody', 1, start);
    if (entry) this.authority.push(entry);
    for (const device of this.laptops.keys()) this.pull(device);
  }

  laptop(device: string): Laptop {
    const laptop = this.laptops.get(device);
    if (!laptop) throw new Error(`There is no laptop ${device}.`);
    return laptop;
  }
  pull(device: string): void {
    const laptop = this.laptop(device);
    laptop.apply(this.authority.pull(laptop.disk.position, 1_000));
  }

  does({ by, does, user = `user-${by}`, set = {}, make = {}, drop = [] }: Does): void {
    const laptop = this.laptop(by);
    this.#at += 1;
    const made: Made[] = [
      ...Object.entries(set).map(([name, members]) => {
        const shown = laptop.shown.get(name)?.record;
        if (!shown) throw new Error(`${by} has no ${name}.`);
        return { ...keyOf(name), record: Object.entries(members).reduce(withMember, shown) };
      }),
      ...Object.entries(make).map(([name, record]) => ({ ...keyOf(name), record })),
      ...drop.map((name) => ({ ...keyOf(name), record: null })),
    ];
    laptop.commit(does, user, this.#at, made);
  }

  push({ push, answers, from }: Pushes, number: number | undefined): void {
    const laptop = this.laptop(push);
    const entries = laptop.journal.slice((from ?? laptop.disk.settled + 1) - 1);
    const sent = entries.map((entry) =>
      number === undefined ? entry : { ...entry, changes: entry.changes.map((one) => ({ ...one, version: number })) },
    );
    const given: string[] = [];
    for (const entry of sent) {
      const answer = this.authority.push(entry);
      given.push(this.#text(answer, entry.id));
      if (answer.answer === 'gap' || answer.answer === 'fork') break;
    }
    expect(given).toEqual(answers);
    // What was answered is not sent again, as a client does once it has pulled.
    if (from === undefined) this.#settled(laptop);
  }
  #settled(laptop: Laptop): void {
    laptop.disk.settled = laptop.journal.length;
  }

  #text(answer: Answer, id: string): string {
    if (answer.answer === 'gap') return `gap ${answer.expected}`;
    if (answer.answer === 'fork' || answer.answer === 'turned-away') return answer.answer;
    const again = answer.duplicate ? 'again ' : '';
    if (answer.answer !== 'refused') return `${again}${answer.answer}`;
    const reason = this.authority.heads.get(`conflict ${id}`)?.record?.reason as JsonObject | undefined;
    if (!reason) return 'silently';
    return reason.code === 'unlawful' ? `unlawful ${reason.why}` : String(reason.code);
  }
}

function keyOf(name: string): { type: RecordType; locator: string } {
  const [type = '', locator = ''] = name.split(' ');
  return { type: type as RecordType, locator };
}
/** A record with the member at a path set; undefined takes it away. */
function withMember(record: JsonObject, [path, value]: readonly [string, JsonValue | undefined]): JsonObject {
  const [member = '', ...rest] = path.split('.');
  const inner = record[member];
  if (rest.length === 0) return { ...record, [member]: value };
  if (!Array.isArray(inner)) return { ...record, [member]: withMember(inner as JsonObject, [rest.join('.'), value]) };
  const [locator = '', ...below] = rest;
  const items = (inner as readonly JsonObject[]).flatMap((item) => {
    if (item.locator !== locator) return [item];
    if (below.length === 0) return value === undefined ? [] : [value as JsonObject];
    return [withMember(item, [below.join('.'), value])];
  });
  return { ...record, [member]: items };
}
function memberAt(value: JsonValue | undefined, path: readonly string[]): JsonValue {
  const [member, ...rest] = path;
  if (member === undefined) return value ?? null;
  if (Array.isArray(value))
    return memberAt(
      (value as readonly JsonObject[]).find(({ locator }) => locator === member),
      rest,
    );
  return memberAt((value as JsonObject | undefined)?.[member], rest);
}

test.each(CASES.map((one): [string, Case] => [`${one.rule} ${one.says}`, one]))('%s', (_, one) => {
  const told = new Told();
  let number: number | undefined;
  for (const step of one.steps) {
    if ('does' in step) {
      told.does(step);
      number = step.number;
    } else if ('push' in step) told.push(step, number);
    else told.pull(step.pull);
  }
  const { authority } = told;
  if (!one.forged) inspect(authority);
  for (const device of ['A', 'B']) {
    told.pull(device);
    expect(difference(told.laptop(device).shown, authority.heads)).toBeUndefined();
    expect(told.laptop(device).disk.confirmed.size).toBe(0);
  }
  for (const [name, members] of Object.entries(one.stands ?? {})) {
    const record = authority.heads.get(name)?.record ?? null;
    if (members === null) expect(record, name).toBeNull();
    for (const [path, value] of Object.entries(members ?? {}))
      expect(memberAt(record ?? {}, path.split('.')), `${name} ${path}`).toEqual(value);
  }
  for (const { version } of authority.heads.values()) expect(version).toBeLessThan(1_000);
  if (!one.open) return;
  const open = all(authority.heads, 'conflict').filter(({ state }) => state === 'open');
  expect(open.map((conflict, i) => subset(conflict, one.open?.[i] ?? {}))).toEqual(
    one.open.map((said) => JSON.parse(canonicalJson(said))),
  );
});

function subset(of: JsonObject, members: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(members).map((member) => [member, of[member]]));
}
