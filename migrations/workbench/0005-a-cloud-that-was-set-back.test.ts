import { expect, test } from 'vitest';
import { acrossMigration } from '#core/store/migrate.fixture.ts';

test('0005 no entry that was there has lost its place', async () => {
  await acrossMigration(
    5,
    (old) => {
      old.exec(
        "INSERT INTO journal (position, id, device, sequence, hash, body) VALUES (1000, 'e', 'other', 1, 'h', x'00')",
      );
    },
    (database) => {
      expect(database.prepare("SELECT lost FROM journal WHERE id = 'e'").all()).toEqual([{ lost: null }]);
    },
  );
});
