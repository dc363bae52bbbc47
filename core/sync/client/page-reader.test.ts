import { expect, test } from 'vitest';
import { canonicalJson } from '#core/model/json.ts';
import { changeText, entryText, hashOf, NO_HASH, packed } from '#core/store/entry.ts';
import { sealedWith } from '#core/store/personal.ts';
import { seededBytes } from '#core/store/store.fixture.ts';
import { framed } from '../frames.ts';
import { pulled } from './messages.ts';
import { openPageReader } from './page-reader.ts';

test('SY80 what a thread reads of a page is what is read without one, and what is no page is refused alike', async () => {
  const random = seededBytes('page');
  const key = { id: 'k-1', person: 'h-1', key: Buffer.from(random(32)).toString('base64') };
  const bytes = Buffer.from(key.key, 'base64');
  const personal = { person: 'h-1', paths: ['fieldValues'] };
  const quote = { fieldValues: { city: ['Ávila 東京'] }, locator: 'q-1', policyLocator: 'p-1' };
  const { value, seal } = sealedWith(quote, personal, { id: key.id, key: bytes }, random);
  const named = { type: 'quote', locator: 'q-1', base: 0, version: 1, schema: 0, seal } as const;
  const [id, device, sequence] = ['e-1', 'd-1', 1];
  const common = { command: 'quote.save', commandVersion: 1, user: 'u', at: 0, configuration: null, engine: 'e' };
  const text = entryText({ ...common, id, device, sequence, previousHash: NO_HASH, arguments: {} }, [
    changeText(named, canonicalJson(value)),
  ]);
  const effects = [{ type: 'quote', locator: 'q-1', from: 'entry', version: 1, etag: id }];
  const head = { position: 1, device, sequence, id, hash: hashOf(text), outcome: 'accepted', effects, keys: [key] };
  const page = framed([
    { head: { position: 1, more: false }, body: new Uint8Array() },
    { head, body: packed(text) },
  ]);
  const reader = openPageReader(0, true);
  const [there, again] = await Promise.all([reader.items(page), reader.items(page)]);
  expect(there).toEqual(pulled(page));
  expect(again).toEqual(there);
  expect(there.items[0]?.read?.changes[0]?.ready).toEqual({
    text: canonicalJson(quote),
    fields: [['policyLocator', 'p-1']],
    key,
  });
  await expect(reader.items(page.subarray(1))).rejects.toThrow(RangeError);
  // Nobody waits until one is up.
  const hasty = openPageReader(0);
  expect(await hasty.items(page)).toEqual(there);
  hasty.rest();
  // Ended in the middle, it is read here.
  const late = reader.items(page);
  reader.rest();
  expect(await late).toEqual(there);
});
