import type { PageCall, ToCore } from '#core/api/shell-contract.ts';

/** A page that the shell lends to core for printing. */
export interface LentPage {
  /** A command of the Chrome DevTools Protocol. Rejects when the browser refuses it or the page is gone. */
  send(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}
export type LendPage = (tell: (event: string, params: unknown) => void) => Promise<LentPage>;

/** Relays core's calls to pages and their events back. It understands nothing of either: what is printed, core decides. */
export interface Relay {
  take(call: PageCall): void;
  /** Closes the pages of a core that is gone. */
  closeAll(): void;
}

/** @param lend opens a page; @param say sends to core */
export function relayPages(lend: LendPage, say: (message: ToCore) => void): Relay {
  const pages = new Map<number, Promise<LentPage>>();
  const act = async (asked: PageCall): Promise<unknown> => {
    if (asked.act === 'open') {
      const page = lend((event, params) => say({ type: 'event', page: asked.page, event, params }));
      pages.set(asked.page, page);
      await page;
      return undefined;
    }
    const page = await pages.get(asked.page);
    if (!page) throw new Error(`there is no page ${asked.page}`);
    if (asked.act === 'send') return page.send(asked.method, asked.params);
    pages.delete(asked.page);
    return page.close();
  };
  return {
    take(asked) {
      act(asked).then(
        (result) => say({ type: 'answer', call: asked.call, result }),
        (cause: unknown) =>
          say({ type: 'answer', call: asked.call, error: cause instanceof Error ? cause.message : String(cause) }),
      );
    },
    closeAll() {
      for (const page of pages.values()) void page.then((lent) => lent.close()).catch(() => undefined);
      pages.clear();
    },
  };
}
