import type { FieldDefinition, FieldValues } from '#core/model/field.ts';
import type { PolicyholderRules } from '#core/policy/policyholder-fields.ts';
import { type Pattern, patternOf } from './characters.ts';
import { type Accepts, acceptsOf, isAnyText, MOST_CHARACTERS, type QuickFields, quickFields } from './fields.ts';

/** A field where lines are read. */
export interface Member {
  readonly name: string;
  /** Its name and what stands between it and the value, as most lines have it. */
  readonly written: Pattern;
  readonly slot: number;
  /** How long its text may be, where nobody reads it; -1 for one that is read. */
  readonly unread: number;
  /** Where it stood in the last line. */
  at: number;
}
type Maker = (texts: readonly (string | undefined)[]) => FieldValues;

/** Fields whose presence is told apart by the bits of a number. */
const MOST_SLOTS = 50;
/** Combinations of fields that are there, for which values are made in one go. */
const MOST_MAKERS = 200;
const MOST_NAMES = 500;

/** Fields of one kind of entity, filled one by one from a line; the values are those of `quickFields` (BR30). */
export class SlotFields {
  /** In the order in which lines have them. */
  members: readonly Member[];
  readonly #byName: Map<string, Member>;
  /** Whatever else is there is a field too. */
  readonly #open: boolean;
  readonly #optional: boolean[];
  /** How long a text may be that needs no other check; -1 for those that do. */
  readonly #most: number[];
  readonly #accepts: (Accepts | undefined)[];
  /** Asked where fields depend on each other. */
  readonly #quick: QuickFields | undefined;
  readonly #texts: (string | undefined)[];
  readonly #makers = new Map<number, Maker>();
  #order: Member[] = [];

  readonly #reads: ReadonlySet<string> | undefined;

  /** @param reads names of those that are read; undefined for all */
  constructor(definitions: readonly FieldDefinition[], open = false, reads?: ReadonlySet<string>) {
    const plain =
      new Set(definitions.map(({ name }) => name)).size === definitions.length &&
      definitions.every(({ condition }) => !condition);
    this.#reads = plain ? reads : undefined;
    this.members = definitions.map((definition, slot) =>
      this.#member(definition.name, slot, isAnyText(definition) ?? -1),
    );
    this.#byName = new Map(this.members.map((member) => [member.name, member]));
    this.#open = open;
    this.#optional = definitions.map(({ optional }) => optional === true);
    this.#most = definitions.map((definition) => isAnyText(definition) ?? -1);
    this.#accepts = definitions.map(acceptsOf);
    this.#quick = plain ? undefined : quickFields(definitions);
    this.#texts = definitions.map(() => undefined);
  }

  /** Empties all. */
  begin(): void {
    const texts = this.#texts;
    for (let i = 0; i < texts.length; i += 1) texts[i] = undefined;
    if (this.#open) this.#order = [];
  }

  /** The field of a name that stands in a line. */
  named(name: string): Member | undefined {
    const known = this.#byName.get(name);
    if (known || !this.#open || this.#byName.size >= MOST_NAMES) return known;
    const most = Object.hasOwn(Object.prototype, name) ? -1 : MOST_CHARACTERS;
    const made = this.#member(name, this.members.length, most);
    this.#byName.set(name, made);
    this.members = [...this.members, made];
    this.#optional.push(true);
    this.#most.push(most);
    this.#accepts.push(undefined);
    this.#texts.push(undefined);
    return made;
  }

  /** @param text '' for one that is not read @returns false for a field that is there twice */
  take(member: Member, text: string): boolean {
    const { slot } = member;
    const texts = this.#texts;
    if (texts[slot] !== undefined) return false;
    texts[slot] = text;
    if (this.#open) this.#order.push(member);
    return true;
  }

  /** Members in the order of the last line, from now on. */
  reorder(): void {
    if (!this.#open) this.members = this.members.toSorted((a, b) => a.at - b.at);
  }

  /** @returns undefined when the full check has to say what they are */
  values(): FieldValues | undefined {
    if (this.#quick) return this.#quick(valuesOf(this.members.toSorted(bySlot), this.#texts));
    const texts = this.#texts;
    let there = 0;
    let bit = 1;
    for (let slot = 0; slot < texts.length; slot += 1) {
      const text = texts[slot];
      if (text === undefined) {
        if (!this.#optional[slot]) return undefined;
      } else {
        const most = this.#most[slot] as number;
        if (text.length > most && (most >= 0 || !this.#accepts[slot]?.(text))) return undefined;
        there += bit;
      }
      bit *= 2;
    }
    // What nobody said what it is stands in the order of the line.
    if (this.#open) return valuesOf(this.#order, texts);
    if (texts.length > MOST_SLOTS) return valuesOf(this.members.toSorted(bySlot), texts);
    let maker = this.#makers.get(there);
    if (!maker) {
      const present = this.members.toSorted(bySlot).filter((member) => isRead(member, texts));
      maker = this.#makers.size < MOST_MAKERS ? makerOf(present) : (all) => valuesOf(present, all);
      if (this.#makers.size < MOST_MAKERS) this.#makers.set(there, maker);
    }
    return maker(texts);
  }

  #member(name: string, slot: number, most: number): Member {
    // Numbers are names that nobody watches.
    const known = !this.#reads || this.#reads.has(name) || name === 'NaN' || !Number.isNaN(Number(name));
    const unread = known ? -1 : most;
    return { name, written: patternOf(`${JSON.stringify(name)}:`), slot, unread, at: 0 };
  }
}

/** As `SlotFields`, of a policyholder: as `quickHolder`. */
export function slotHolder(
  { fields, authored }: Pick<PolicyholderRules, 'fields' | 'authored'>,
  reads?: ReadonlySet<string>,
): SlotFields {
  const optional = fields.map((field) => ({ ...field, optional: true }));
  return new SlotFields(optional, !authored && fields.length === 0, reads);
}

const isRead = ({ slot, unread }: Member, texts: readonly (string | undefined)[]): boolean =>
  unread < 0 && texts[slot] !== undefined;
const bySlot = (a: Member, b: Member): number => a.slot - b.slot;

function valuesOf(members: readonly Member[], texts: readonly (string | undefined)[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const member of members) if (isRead(member, texts)) values[member.name] = [texts[member.slot] as string];
  return values;
}

/** Makes values of the same fields as a literal does: objects of one shape, all members at once. `__proto__` is never one of them. */
function makerOf(members: readonly Member[]): Maker {
  const body = members.map(({ name, slot }) => `${JSON.stringify(name)}: [texts[${slot}]]`).join(', ');
  return new Function('texts', `"use strict"; return {${body}};`) as Maker;
}
