/**
 * `node test/soak/kills.ts [--kills n] [--minutes n] [--seed n]`: five laptops and three copies of the cloud in processes of their own,
 * and PostgreSQL, are killed with kill -9 at random while the laptops' users work. In the end every command that was acknowledged
 * stands in the log once, what of it was refused as a conflict too, and all hold the same bytes (test/kills).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killAtRandom } from '#test/kills/kills.ts';
import { startTestCloud } from '../../cloud/testing.ts';

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const seed = option('--seed', 1 + Math.floor(Math.random() * 2 ** 31));
const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-kills-'));
const said = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
said(`seed ${seed}`);
const cloud = await startTestCloud({ durable: true });
try {
  const { killed, found } = await killAtRandom({
    cloud,
    folder,
    seed,
    laptops: 5,
    copies: 3,
    kills: option('--kills', 100),
    until: Date.now() + option('--minutes', 60) * 60_000,
    pause: 1_500,
    said,
  });
  const kills = killed.laptops + killed.copies + killed.postgres;
  said(`${kills} kills (${JSON.stringify(killed)}): nothing that was acknowledged is lost. ${JSON.stringify(found)}`);
  rmSync(folder, { recursive: true, force: true });
} catch (error) {
  said(`seed ${seed} failed; the laptops' data is in ${folder}`);
  throw error;
} finally {
  await cloud.stop();
}
