import { useSyncExternalStore } from 'react';

/** The screen that the address names: `#/desk`, `#/products`, `#/quote/<product>`, `#/policy/<locator>`. */
export type Route =
  | { readonly screen: 'desk' }
  | { readonly screen: 'products' }
  | { readonly screen: 'quote'; readonly product: string }
  | { readonly screen: 'policy'; readonly locator: string };

export function parseRoute(hash: string): Route {
  const [screen, argument] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (screen === 'products') return { screen };
  if (screen === 'quote' && argument) return { screen, product: argument };
  if (screen === 'policy' && argument) return { screen, locator: argument };
  return { screen: 'desk' };
}

export function address(route: Route): string {
  if (route.screen === 'quote') return `#/quote/${encodeURIComponent(route.product)}`;
  if (route.screen === 'policy') return `#/policy/${encodeURIComponent(route.locator)}`;
  return `#/${route.screen}`;
}

export function go(route: Route): void {
  window.location.hash = address(route);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => window.location.hash,
  );
  return parseRoute(hash);
}
