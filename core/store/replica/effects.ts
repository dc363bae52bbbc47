import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { type BodyChange, type EntryBody, packed, unpacked } from '../entry.ts';
import type { Seal } from '../personal.ts';
import type { RecordRow } from '../records.ts';
import type { Outcome } from './contract.ts';
import type { IncomingEffect } from './replication-contract.ts';
import { isReplicated } from './scope.ts';

/** What an item did, as the journal keeps it beside the entry; `outcome` of a parked one stands here alone. */
export interface KeptEffects {
  readonly outcome: Outcome;
  readonly effects: readonly IncomingEffect[];
}

export function packEffects(kept: KeptEffects): Uint8Array {
  return packed(canonicalJson(kept));
}

/** The effects of an entry that stands in the log. @param effects null: its replicated changes as they are */
export function effectsOf(effects: Uint8Array | null, body: EntryBody): readonly IncomingEffect[] {
  if (effects) return (JSON.parse(unpacked(effects)) as KeptEffects).effects;
  return body.changes
    .filter(isReplicated)
    .map(({ type, locator, version }) => ({ type, locator, from: 'entry', version, etag: body.id }));
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
 * @param position of the entry in this store's journal
 */
export function contentOf(
  effect: IncomingEffect,
  body: EntryBody,
  position: number,
  open: (value: JsonObject, seal: Seal) => JsonObject,
): Content | undefined {
  const change = effect.from === 'entry' ? changeOf(effect, body) : undefined;
  const sealed = effect.record === undefined ? change?.record : effect.record;
  if (sealed === undefined) return undefined;
  const seal = effect.record === undefined ? change?.seal : effect.seal;
  const value = sealed && seal ? open(sealed, seal) : sealed;
  return {
    schema: effect.schema ?? change?.schema ?? 0,
    updated: position,
    person: seal?.person ?? null,
    personal: seal ? JSON.stringify(seal.paths) : null,
    record: value === null ? null : canonicalJson(value),
    etag: effect.etag === body.id ? null : effect.etag,
    value,
  };
}

export function changeOf(
  { type, locator }: Pick<BodyChange, 'type' | 'locator'>,
  body: EntryBody,
): BodyChange | undefined {
  return body.changes.find((change) => change.type === type && change.locator === locator);
}
