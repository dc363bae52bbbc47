import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { type BodyChange, type EntryBody, packed, parseBody, unpacked } from '../entry.ts';
import type { IndexedField } from '../members.ts';
import type { Seal } from '../personal.ts';
import type { RecordRow } from '../records.ts';
import type { ItemBody } from './ready.ts';
import type { IncomingEffect, PersonKey } from './replication-contract.ts';
import { isReplicated } from './scope.ts';

/** The id of the entry that an etag speaks of (core/sync/SPEC.md SY3). */
export function entryOf(etag: string): string {
  return etag.replace(/(?:~\w+)?[+-]?$/, '');
}

export function packEffects(effects: readonly IncomingEffect[]): Uint8Array {
  return packed(canonicalJson(effects));
}

/** The effects of an entry that stands in the log. @param row `effects` null: its replicated changes as they are */
export function effectsOf(row: {
  readonly effects: Uint8Array | null;
  readonly id: string;
  readonly body: Uint8Array;
}): readonly IncomingEffect[] {
  if (row.effects) return JSON.parse(unpacked(row.effects)) as readonly IncomingEffect[];
  return parseBody(unpacked(row.body))
    .changes.filter(isReplicated)
    .map(({ type, locator, version }) => ({ type, locator, from: 'entry', version, etag: row.id }));
}

/** Whether the effects say no more than the entry itself. */
export function isVerbatim(effects: readonly IncomingEffect[], body: Pick<EntryBody, 'id' | 'changes'>): boolean {
  const changes = body.changes.filter(isReplicated);
  return (
    effects.length === changes.length &&
    effects.every(({ type, locator, from, version, etag }, i) => {
      const change = changes[i];
      return (
        from === 'entry' &&
        etag === body.id &&
        type === change?.type &&
        locator === change.locator &&
        version === change.version
      );
    })
  );
}

/** Content of a record with what stands beside it in its row. */
export type Content = Pick<RecordRow, 'schema' | 'updated' | 'person' | 'personal' | 'record' | 'etag'> & {
  readonly value: JsonObject | null;
  /** What it is found by, where that is known already. */
  readonly fields?: readonly IndexedField[];
};

/**
 * The content that an effect brings; undefined where it is what stands there already.
 * @param id of the entry @param body undefined where it can not be read @param position of the entry in this store's journal
 * @param holds whether the store holds a key: what was opened with it counts
 */
export function contentOf(
  effect: IncomingEffect,
  id: string,
  body: Pick<ItemBody, 'changes'> | undefined,
  position: number,
  open: (value: JsonObject, seal: Seal) => JsonObject,
  holds: (key: PersonKey) => boolean = () => false,
): Content | undefined {
  const change = effect.from === 'entry' && body ? changeOf(effect, body) : undefined;
  const seal = change ? change.seal : effect.seal;
  const beside = {
    schema: effect.schema ?? change?.schema ?? 0,
    updated: position,
    person: seal?.person ?? null,
    personal: seal ? JSON.stringify(seal.paths) : null,
    etag: effect.etag === id ? null : effect.etag,
  };
  const ready = change?.ready;
  if (ready && (!ready.key || holds(ready.key))) {
    const { text, fields } = ready;
    return {
      ...beside,
      record: text,
      fields,
      get value() {
        return text === null ? null : (JSON.parse(text) as JsonObject);
      },
    };
  }
  const sealed = change ? change.record : effect.record;
  if (sealed === undefined) return undefined;
  const value = sealed && seal ? open(sealed, seal) : sealed;
  return { ...beside, record: value === null ? null : canonicalJson(value), value };
}

export function changeOf<Change extends Pick<BodyChange, 'type' | 'locator'>>(
  { type, locator }: Pick<BodyChange, 'type' | 'locator'>,
  body: { readonly changes: readonly Change[] },
): Change | undefined {
  return body.changes.find((change) => change.type === type && change.locator === locator);
}
