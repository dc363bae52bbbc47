import { ActionIcon, Skeleton, Text, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Session } from '#core/api/contract.ts';
import { FailedPage } from '../components/failure.tsx';
import { Desk } from '../features/desk/desk.tsx';
import { FirstStart } from '../features/first-start/first-start.tsx';
import { Products } from '../features/products/products.tsx';
import { NewQuote, StoredPolicy } from '../features/risk/risk-screen.tsx';
import { call } from './client.ts';
import type { Route } from './route.ts';
import { address, useRoute } from './route.ts';
import { text } from './text.ts';

/** The frame: a narrow rail, the work, and a status line that always says who and where one is. */
export function Shell() {
  const route = useRoute();
  const session = useQuery({ queryKey: ['session'], queryFn: () => call<Session>('GET', '/api/session') });
  if (session.error) return <FailedPage error={session.error} />;
  if (!session.data) return <Skeleton height="100vh" />;
  if (!session.data.user) return <FirstStart />;
  return (
    <div className="shell" data-environment={session.data.environment}>
      <nav className="rail" aria-label={text.product}>
        <RailLink route={{ screen: 'desk' }} active={route.screen !== 'products'} label={text.rail.desk} />
        <RailLink route={{ screen: 'products' }} active={route.screen === 'products'} label={text.rail.products} />
      </nav>
      <div className="work">
        <Screen route={route} />
      </div>
      <footer className="status">
        <Text size="xs">{session.data.user.name}</Text>
        <Text size="xs" c="dimmed">
          {session.data.environment}
        </Text>
        {session.data.printer.available ? null : (
          <Text size="xs" c="orange">
            {session.data.printer.detail}
          </Text>
        )}
        <span className="grow" />
        <Text size="xs" c="dimmed">
          {text.product} {session.data.version}
        </Text>
        <SchemeSwitch />
      </footer>
    </div>
  );
}

function Screen({ route }: { readonly route: Route }) {
  switch (route.screen) {
    case 'desk':
      return <Desk />;
    case 'products':
      return <Products />;
    case 'quote':
      return <NewQuote product={route.product} />;
    case 'policy':
      return <StoredPolicy locator={route.locator} />;
  }
}

function RailLink({
  route,
  active,
  label,
}: {
  readonly route: Route;
  readonly active: boolean;
  readonly label: string;
}) {
  return (
    <a
      href={address(route)}
      className={active ? 'rail-link active' : 'rail-link'}
      aria-current={active ? 'page' : undefined}
    >
      {label}
    </a>
  );
}

function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={dark ? text.theme.light : text.theme.dark}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={14} /> : <IconMoon size={14} />}
    </ActionIcon>
  );
}
