import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Desk } from '#core/desk/desk.ts';
import { openStore } from '#core/store/open.ts';
import { inFolder, NOW, storeOptions } from '#core/store/store.fixture.ts';
import { goBack, knownSetBacks, setBackStatement } from './way-back.ts';

test('SY97 who had met nothing of what was lost forgets all the same what both had of branches and files, and tells nobody', async () => {
  await inFolder((folder) => {
    const store = openStore({ ...storeOptions(folder), folder: join(folder, 'a') });
    const { replication } = store;
    replication.enrol();
    // A branch, or a file, that the cloud does not have any more was not given up there.
    replication.setMark('branches', '{"refs/heads/spring":"c-1"}');
    replication.setMark('files', '7');
    const told = [{ id: 'b', position: 5, at: NOW }];
    goBack({ store, now: () => NOW, log: () => undefined } as unknown as Desk, told);
    expect([replication.mark('branches'), replication.mark('files')]).toEqual(['{}', undefined]);
    expect([knownSetBacks(replication), setBackStatement(replication)]).toEqual([told, undefined]);
    store.close();
  });
});
