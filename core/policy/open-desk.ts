import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { configurationPacks } from '#core/desk/configuration-pack.ts';
import { configurationRepository } from '#core/desk/configuration-repository.ts';
import { type Deployed, openConfigurations } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { exchangeRepository } from '#core/desk/exchange-repository.ts';
import { recordValidators } from '#core/desk/records.ts';
import { versionRepository } from '#core/desk/version-repository.ts';
import type { Printer } from '#core/documents/contract.ts';
import { openRaters, type RaterOptions } from '#core/integrations/raters.ts';
import { openVault } from '#core/integrations/vault.ts';
import { ENGINE } from '#core/model/engine.ts';
import type { Configuration } from '#core/model/product.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import { openStore } from '#core/store/open.ts';
import { riskProjector } from './risk-row.ts';

export interface DeskOptions {
  /** The data folder; made if it is not there. */
  readonly folder: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** What documents are printed with; by default a Chromium of this machine, started with the first document. */
  readonly printer?: Printer;
  readonly documents?: 'produce' | 'later';
  /** Plugin hosts that somebody else keeps and closes; by default the desk has its own. */
  readonly sandbox?: Sandbox;
  /** The folder is thrown away: configurations stay in memory. */
  readonly throwaway?: boolean;
  /** Time limits of calls to services outside, and where their secrets come from besides the store. */
  readonly integrations?: RaterOptions;
  /** What every new version must pass (`Desk.judge`). */
  readonly judge?: (desk: Desk, before: Deployed, next: Configuration) => Promise<void>;
  readonly now?: () => number;
  readonly log?: Desk['log'];
}
export interface OpenDesk extends Desk {
  /** Ends calls to services outside that are under way: nothing has to wait for them any more. */
  hangUp(): void;
  /** Ends the hosts and the browser, and closes the store last. */
  close(): Promise<void>;
}

/** Opens what the use cases work on. Throws `store-locked`, `wrong-key`, `store-damaged`, `store-from-the-future`, `disk-full`. */
export function openDesk(options: DeskOptions): OpenDesk {
  const now = options.now ?? Date.now;
  const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
  const log = options.log ?? (() => {});
  const { folder, key } = options;
  const store = openStore({
    folder,
    key,
    engine: ENGINE,
    now,
    random,
    validators: recordValidators,
    risks: riskProjector,
  });
  const sandbox =
    options.sandbox ??
    openSandbox({ log: ({ message, ...details }) => log(message, { details: String(details.complaint) }) });
  const vault = openVault(key, random);
  const raters = openRaters({ store, vault, now, random, ...options.integrations });
  const printing = lazyPrinter(options.printer);
  const repository = path.join(folder, 'configurations.git');
  const desk: OpenDesk = {
    store,
    configurations: options.throwaway
      ? openConfigurations(store)
      : openConfigurations(store, configurationRepository(repository), configurationPacks(repository)),
    ...(options.throwaway ? {} : { versions: versionRepository(repository), exchange: exchangeRepository(repository) }),
    sandbox,
    printer: printing.open,
    printerStatus: printing.status,
    documents: options.documents ?? 'produce',
    raters: raters.of,
    vault,
    now,
    random,
    log,
    hangUp: raters.close,
    async close() {
      raters.close();
      if (!options.sandbox) await sandbox.close();
      await printing.close();
      store.close();
    },
  };
  const { judge } = options;
  return judge ? { ...desk, judge: (before, next) => judge(desk, before, next) } : desk;
}

/** A printer that is loaded with the first document, because the browser's library is the largest there is; it remembers how it went. */
function lazyPrinter(given: Printer | undefined) {
  let opened: Promise<Printer> | undefined = given && Promise.resolve(given);
  let status = { available: true, detail: given ? "The window's own" : 'Found when the first document is printed' };
  return {
    async open(): Promise<Printer> {
      opened ??= import('#core/documents/printer.ts').then(({ openPrinter }) => openPrinter());
      const printer = await opened;
      return {
        close: () => printer.close(),
        async print(page) {
          try {
            const bytes = await printer.print(page);
            if (!given) status = { available: true, detail: 'Chromium' };
            return bytes;
          } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            if (/no browser/i.test(reason)) status = { available: false, detail: reason };
            throw error;
          }
        },
      };
    },
    status: () => status,
    async close(): Promise<void> {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}
