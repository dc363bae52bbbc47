import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { lazy, Suspense, useEffect } from 'react';
import type { Session } from '#core/api/contract.ts';
import { FailedPage } from '../components/failure.tsx';
import { Later } from '../components/later.tsx';
import { Nowhere } from '../components/nowhere.tsx';
import { ScreenBoundary } from '../components/screen-boundary.tsx';
import { Desk } from '../features/desk/desk.tsx';
import { FirstStart } from '../features/first-start/first-start.tsx';
import { TourProvider } from '../features/first-start/tour.tsx';
import { Welcome } from '../features/first-start/welcome.tsx';
import { useActions } from './actions.tsx';
import { call } from './client.ts';
import { Connection } from './connection.tsx';
import { KeysOverview } from './keys-overview.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import type { Route } from './route.ts';
import { go, placeOf, useRoute } from './route.ts';
import { StatusBar } from './status-bar.tsx';
import { text } from './text.ts';

// What is not needed for the first screen is loaded when it is opened.
const Admin = lazy(async () => ({ default: (await import('../features/admin/admin.tsx')).Admin }));
const Lab = lazy(async () => ({ default: (await import('../features/lab/lab.tsx')).Lab }));
const Products = lazy(async () => ({ default: (await import('../features/products/products.tsx')).Products }));
const Replication = lazy(async () => ({
  default: (await import('../features/sync/replication.tsx')).Replication,
}));
const Studio = lazy(async () => ({ default: (await import('../features/studio/studio.tsx')).Studio }));
const riskScreen = () => import('../features/risk/risk-screen.tsx');
const NewQuote = lazy(async () => ({ default: (await riskScreen()).NewQuote }));
const StoredPolicy = lazy(async () => ({ default: (await riskScreen()).StoredPolicy }));
const TransactionScreen = lazy(async () => ({
  default: (await import('../features/transactions/transaction-screen.tsx')).TransactionScreen,
}));

/** The frame: a narrow rail, the work, and a status line that always says who and where one is. */
export function Shell() {
  const session = useQuery({ queryKey: ['session'], queryFn: () => call<Session>('GET', '/api/session') });
  // What is on the screen stays there when a later answer fails: somebody may be typing in it.
  if (session.error && !session.data) return <FailedPage error={session.error} />;
  if (!session.data) return <Skeleton height="100vh" />;
  if (!session.data.user) return <FirstStart />;
  return <Workbench session={session.data} />;
}

function Workbench({ session }: { readonly session: Session }) {
  const route = useRoute();
  // What comes after the desk is fetched while nobody waits for it.
  useEffect(() => {
    const waiting = requestIdleCallback(() => void riskScreen());
    return () => cancelIdleCallback(waiting);
  }, []);
  useActions(text.frame.everywhere, [
    { label: text.frame.goTo(text.rail.desk), keys: 'mod+1', run: () => go({ screen: 'desk' }) },
    { label: text.frame.goTo(text.rail.products), keys: 'mod+2', run: () => go({ screen: 'products' }) },
    { label: text.frame.goTo(text.rail.admin), keys: 'mod+3', run: () => go({ screen: 'admin' }) },
  ]);
  return (
    <TourProvider>
      <div className="shell" data-environment={session.environment}>
        <Rail route={route} />
        <div className="work">
          {route.screen === 'desk' ? <Welcome /> : null}
          <ScreenBoundary key={placeOf(route)}>
            <Suspense fallback={<Skeleton height="100%" />}>{screenOf(route, session)}</Suspense>
          </ScreenBoundary>
        </div>
        <StatusBar session={session} />
        <Palette />
        <KeysOverview />
        <Connection />
      </div>
    </TourProvider>
  );
}

function screenOf(route: Route, session: Session): ReactNode {
  switch (route.screen) {
    case 'desk':
      return <Desk />;
    case 'products':
      return <Products />;
    case 'studio':
      return <Studio key={route.product} product={route.product} file={route.part} />;
    case 'quote':
      return <NewQuote key={route.product} product={route.product} tab={route.tab ?? 'details'} />;
    case 'policy':
      return <StoredPolicy locator={route.locator} tab={route.tab ?? 'details'} />;
    case 'transaction':
      return <TransactionScreen key={`${route.policy} ${route.action} ${route.transaction ?? ''}`} {...route} />;
    case 'lab':
      return <Lab product={route.product} part={route.part ?? 'tables'} />;
    case 'reports':
      return <Later title={text.rail.reports} what={text.frame.reportsHint} />;
    case 'nowhere':
      return <Nowhere address={route.address} />;
    case 'replication':
      return <Replication section={route.section} locator={route.locator} />;
    case 'admin':
      return <Admin section={route.section} session={session} />;
  }
}
