import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { type BodyChange, type EntryBody, packed, parseBody, unpacked } from '../entry.ts';
import type { Seal } from '../personal.ts';
import type { RecordRow } from '../records.ts';
import type { IncomingEffect } from './replication-contract.ts';
import { isReplicated } from './scope.ts';

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
export function isVerbatim(effects: readonly IncomingEffect[], body: EntryBody): boolean {
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
};

/**
 * The content that an effect brings; undefined where it is what stands there already.
 * @param id of the entry @param body undefined where it can not be read @param position of the entry in this store's journal
 */
export function contentOf(
  effect: IncomingEffect,
  id: string,
  body: EntryBody | undefined,
  position: number,
  open: (value: JsonObject, seal: Seal) => JsonObject,
): Content | undefined {
  const change = effect.from === 'entry' && body ? changeOf(effect, body) : undefined;
  const sealed = change ? change.record : effect.record;
  if (sealed === undefined) return undefined;
  const seal = change ? change.seal : effect.seal;
  const value = sealed && seal ? open(sealed, seal) : sealed;
  return {
    schema: effect.schema ?? change?.schema ?? 0,
    updated: position,
    person: seal?.person ?? null,
    personal: seal ? JSON.stringify(seal.paths) : null,
    record: value === null ? null : canonicalJson(value),
    etag: effect.etag === id ? null : effect.etag,
    value,
  };
}

export function changeOf(
  { type, locator }: Pick<BodyChange, 'type' | 'locator'>,
  body: EntryBody,
): BodyChange | undefined {
  return body.changes.find((change) => change.type === type && change.locator === locator);
}
