import { Tooltip } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import type { Icon } from '@tabler/icons-react';
import {
  IconChartBar,
  IconCloud,
  IconFlask,
  IconInbox,
  IconPackage,
  IconSearch,
  IconSettings,
} from '@tabler/icons-react';
import type { Route } from './route.ts';
import { address } from './route.ts';
import { text } from './text.ts';

interface Place {
  readonly route: Route;
  readonly label: string;
  readonly icon: Icon;
  /** Screens that belong to this place. */
  readonly of: readonly Route['screen'][];
}
const PLACES: readonly Place[] = [
  { route: { screen: 'desk' }, label: text.rail.desk, icon: IconInbox, of: ['desk', 'quote', 'policy', 'transaction'] },
  { route: { screen: 'products' }, label: text.rail.products, icon: IconPackage, of: ['products', 'studio'] },
  { route: { screen: 'lab' }, label: text.rail.lab, icon: IconFlask, of: ['lab'] },
  { route: { screen: 'reports' }, label: text.rail.reports, icon: IconChartBar, of: ['reports'] },
];
const REPLICATION: Place = {
  route: { screen: 'replication' },
  label: text.sync.title,
  icon: IconCloud,
  of: ['replication'],
};
const ADMIN: Place = { route: { screen: 'admin' }, label: text.rail.admin, icon: IconSettings, of: ['admin'] };

/** Where one can go, always in the same place. */
export function Rail({ route }: { readonly route: Route }) {
  return (
    <nav className="rail" aria-label={text.product}>
      {PLACES.map((place) => (
        <RailLink key={place.label} place={place} active={place.of.includes(route.screen)} />
      ))}
      <Tooltip label={text.rail.search} position="right" openDelay={400}>
        <button type="button" className="rail-link" aria-keyshortcuts="Control+K Meta+K" onClick={spotlight.open}>
          <IconSearch size={20} stroke={1.6} aria-hidden />
          <span>{text.rail.search}</span>
        </button>
      </Tooltip>
      <span className="grow" />
      <RailLink place={REPLICATION} active={route.screen === 'replication'} />
      <RailLink place={ADMIN} active={route.screen === 'admin'} />
    </nav>
  );
}

function RailLink({ place, active }: { readonly place: Place; readonly active: boolean }) {
  return (
    <a
      href={address(place.route)}
      className={active ? 'rail-link active' : 'rail-link'}
      aria-current={active ? 'page' : undefined}
    >
      <place.icon size={20} stroke={1.6} aria-hidden />
      <span>{place.label}</span>
    </a>
  );
}
