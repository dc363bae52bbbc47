import { useSyncExternalStore } from 'react';

/** The tabs of a risk, in the order of thought; the address names the one that is open. */
export const RISK_TABS = [
  'details',
  'underwriting',
  'quotes',
  'timeline',
  'documents',
  'billing',
  'claims',
  'notes',
  'history',
] as const;
export type RiskTab = (typeof RISK_TABS)[number];
/** The parts of the pricing lab, in the order in which a rate change passes through them. */
export const LAB_PARTS = ['tables', 'logic', 'impact', 'tests', 'versions', 'experiments', 'books'] as const;
export type LabPart = (typeof LAB_PARTS)[number];
/** What is done to an issued policy on a screen of its own. */
const TRANSACTION_ACTIONS = ['endorse', 'renew', 'cancel', 'reinstate'] as const;
export type TransactionAction = (typeof TRANSACTION_ACTIONS)[number];

/**
 * The screen that the address names: `#/desk`, `#/products`, `#/studio/<product>/<part>`, `#/quote/<product>/<tab>`,
 * `#/policy/<locator>/<tab>`, `#/transaction/<policy>/<action>/<transaction>`, `#/lab/<product>/<part>`, `#/reports`,
 * `#/replication/<section>/<conflict>`, `#/admin/<section>`; none is the desk, and any other is said to be none.
 */
export type Route =
  | { readonly screen: 'desk' | 'products' | 'reports' }
  | { readonly screen: 'nowhere'; readonly address: string }
  | { readonly screen: 'lab'; readonly product?: string; readonly part?: LabPart }
  | { readonly screen: 'studio'; readonly product: string; readonly part?: string }
  | { readonly screen: 'admin'; readonly section?: string }
  | { readonly screen: 'replication'; readonly section?: string; readonly locator?: string }
  | { readonly screen: 'quote'; readonly product: string; readonly tab?: RiskTab }
  | { readonly screen: 'policy'; readonly locator: string; readonly tab?: RiskTab }
  | {
      readonly screen: 'transaction';
      readonly policy: string;
      readonly action: TransactionAction;
      /** Of one that is saved; absent: a new one. */
      readonly transaction?: string;
    };

export function parseRoute(hash: string): Route {
  const nowhere = { screen: 'nowhere', address: hash } as const;
  const [screen, argument, more, last] = hash
    .replace(/^#\/?/, '')
    .split('/')
    .map((part) => decoded(part));
  switch (screen) {
    case 'products':
    case 'reports':
      return { screen };
    case 'lab': {
      const part = LAB_PARTS.find((name) => name === more);
      return { screen, ...(argument ? { product: argument } : {}), ...(part ? { part } : {}) };
    }
    case 'admin':
      return { screen, ...(argument ? { section: argument } : {}) };
    case 'replication':
      return { screen, ...(argument ? { section: argument } : {}), ...(more ? { locator: more } : {}) };
    case 'studio':
      return argument ? { screen, product: argument, ...(more ? { part: more } : {}) } : { screen: 'products' };
    case 'quote':
      return argument ? { screen, product: argument, ...tabIn(more) } : nowhere;
    case 'policy':
      return argument ? { screen, locator: argument, ...tabIn(more) } : nowhere;
    case 'transaction': {
      const action = TRANSACTION_ACTIONS.find((name) => name === more);
      if (!argument || !action) return nowhere;
      return { screen, policy: argument, action, ...(last ? { transaction: last } : {}) };
    }
    case '':
    case 'desk':
      return { screen: 'desk' };
    default:
      return nowhere;
  }
}

export function address(route: Route): string {
  const parts = (...names: (string | undefined)[]): string =>
    `#/${names.flatMap((name) => (name === undefined ? [] : [encodeURIComponent(name)])).join('/')}`;
  switch (route.screen) {
    case 'studio':
    case 'lab':
      return parts(route.screen, route.product, route.part);
    case 'admin':
      return parts(route.screen, route.section);
    case 'replication':
      return parts(route.screen, route.section, route.locator);
    case 'quote':
      return parts(route.screen, route.product, route.tab);
    case 'policy':
      return parts(route.screen, route.locator, route.tab);
    case 'transaction':
      return parts(route.screen, route.policy, route.action, route.transaction);
    case 'nowhere':
      return route.address;
    default:
      return parts(route.screen);
  }
}

/** What a screen is about, whichever part of it is open: another place is another screen, another part is not. */
export function placeOf(route: Route): string {
  if (route.screen === 'policy') return `policy ${route.locator}`;
  if (route.screen === 'quote' || route.screen === 'studio') return `${route.screen} ${route.product}`;
  return route.screen === 'transaction' ? address(route) : route.screen;
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

function tabIn(part: string | undefined): { readonly tab?: RiskTab } {
  const tab = RISK_TABS.find((name) => name === part);
  return tab ? { tab } : {};
}

/** An address that nobody can decode names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
