import { writeSync } from 'node:fs';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { openStore } from './open.ts';
import { command, seededBytes, storeOptions } from './store.fixture.ts';

/**
 * The child of crash.test.ts: commits without end and acknowledges each on standard output once it is durable, until it is killed.
 * Arguments: folder, seed.
 */
const [, , folder = '', seed = ''] = process.argv;
const random = seededBytes(seed);
const pick = (below: number): number => Buffer.from(random(4)).readUInt32LE() % below;
const store = openStore({ ...storeOptions(folder), random });

while (true) {
  const locator = `p-${pick(40)}`;
  const held = store.get('policy', locator);
  const record: JsonObject = {
    locator,
    displayId: `POL-${pick(1000)}`,
    policyholderLocator: `h-${pick(5)}`,
    fieldValues: { note: [`word${pick(500)} `.repeat(pick(10) === 0 ? 3_000 : pick(60) + 1)] },
  };
  const base = held?.version ?? 0;
  const changes = [
    { type: 'policy' as const, locator, base, record, personal: { person: 'h-1', paths: ['fieldValues'] } },
  ];
  if (pick(4) === 0) {
    const hash = await store.blobs.put(random(pick(20_000)));
    const document = { locator: `d-${hash}`, policyLocator: locator, blob: hash };
    const kept = store.get('document', document.locator);
    const entry = store.commit(command('document.add'), [
      { type: 'document', locator: document.locator, base: kept?.version ?? 0, record: document },
    ]);
    acknowledge(entry);
  }
  acknowledge(store.commit(command('policy.save'), changes));
}

function acknowledge(entry: { sequence: number; hash: string }): void {
  writeSync(1, `${canonicalJson({ sequence: entry.sequence, hash: entry.hash })}\n`);
}
