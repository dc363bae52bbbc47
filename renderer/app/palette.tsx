import './palette.css';
import { Kbd } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import type { Icon } from '@tabler/icons-react';
import {
  IconAlertTriangle,
  IconClock,
  IconCommand,
  IconFile,
  IconFileText,
  IconPackage,
  IconPin,
  IconPlus,
  IconSearch,
  IconShield,
  IconUser,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { HitType, RiskSummary, SearchAnswer, SearchHit } from '#core/api/contracts/desk.ts';
import { rememberRecent, useRecent } from '../features/desk/recent.ts';
import { useSetting } from '../features/desk/settings.ts';
import { useProducts, useRisksNamed } from '../features/desk/use-risks.ts';
import { keyNames, useOffered } from './actions.tsx';
import { call } from './client.ts';
import type { RiskTab, Route } from './route.ts';
import { go, useRoute } from './route.ts';
import { text } from './text.ts';

const ICONS: Readonly<Record<HitType, Icon>> = {
  risk: IconShield,
  policyholder: IconUser,
  exposure: IconPackage,
  quote: IconFileText,
  claim: IconAlertTriangle,
  document: IconFile,
};
const TABS: Readonly<Partial<Record<HitType, RiskTab>>> = { quote: 'quotes', claim: 'claims', document: 'documents' };
/** Hits of each type. */
const MOST = 5;
/** Long enough that a fast typist asks once, short enough to feel at once. */
const PAUSE = 40;

/** Ctrl/Cmd-K: finds anything as it is typed, and does anything by name. */
export function Palette() {
  const [query, setQuery] = useState('');
  const [opened, setOpened] = useState(false);
  const route = useRoute();
  const open = route.screen === 'policy' ? route.locator : undefined;
  useEffect(() => {
    if (open !== undefined) rememberRecent(open);
  }, [open]);
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={() => setOpened(false)}
      shortcut={['mod+K']}
      tagsToIgnore={[]}
      scrollable
      maxHeight={460}
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      classNames={{ action: 'palette-action', actionDescription: 'palette-about' }}
    >
      <Spotlight.Search
        placeholder={text.palette.placeholder}
        aria-label={text.palette.title}
        leftSection={<IconSearch size={16} />}
      />
      {opened ? <Found typed={query.trim()} /> : <Spotlight.ActionsList />}
    </Spotlight.Root>
  );
}

function Found({ typed }: { readonly typed: string }) {
  const [asked] = useDebouncedValue(typed, PAUSE);
  const search = useQuery({
    queryKey: ['risks', 'search', asked],
    queryFn: ({ signal }) =>
      call<SearchAnswer>('GET', `/api/search?limit=${MOST}&q=${encodeURIComponent(asked)}`, undefined, signal),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  });
  const commands = useCommands().filter(({ label, title }) =>
    `${title} ${label}`.toLowerCase().includes(typed.toLowerCase()),
  );
  const groups = typed === '' ? [] : (search.data?.groups ?? []);
  const waiting = typed !== '' && (search.isPending || asked !== typed);
  return (
    <Spotlight.ActionsList>
      {typed === '' ? <Places /> : null}
      {search.error ? <Spotlight.Empty>{text.palette.failed}</Spotlight.Empty> : null}
      {groups.map(({ type, hits }) => (
        <Spotlight.ActionsGroup key={type} label={text.desk.hits[type]}>
          {hits.map((hit) => (
            <Hit key={hit.locator} hit={hit} />
          ))}
        </Spotlight.ActionsGroup>
      ))}
      {commands.length > 0 ? (
        <Spotlight.ActionsGroup label={text.palette.commands}>
          {commands.map(({ label, title, keys, icon: CommandIcon, run }) => (
            <Spotlight.Action
              key={`${title} ${label}`}
              label={label}
              description={title}
              leftSection={<CommandIcon size={16} aria-hidden />}
              rightSection={keys ? <Kbd size="xs">{keyNames(keys).join(' ')}</Kbd> : null}
              onClick={run}
            />
          ))}
        </Spotlight.ActionsGroup>
      ) : null}
      {groups.length === 0 && commands.length === 0 && !waiting && !search.error ? (
        <Spotlight.Empty>{text.palette.nothing}</Spotlight.Empty>
      ) : null}
    </Spotlight.ActionsList>
  );
}

function Hit({ hit }: { readonly hit: SearchHit }) {
  const { type, policy, title, snippet } = hit;
  const tab = TABS[type];
  return (
    <Line
      icon={ICONS[type]}
      title={title}
      about={snippet === title ? '' : snippet}
      route={{ screen: 'policy', locator: policy, ...(tab ? { tab } : {}) }}
    />
  );
}

/** Before anything is typed: where one has been, and what one wants at hand. */
function Places() {
  const [pinned] = useSetting('pinned');
  const groups = [
    { title: text.desk.recent.title, icon: IconClock, risks: useRisksNamed(useRecent()).slice(0, MOST) },
    { title: text.desk.pinned.title, icon: IconPin, risks: useRisksNamed(pinned?.risks ?? []).slice(0, MOST) },
  ];
  return groups
    .filter(({ risks }) => risks.length > 0)
    .map(({ title, icon, risks }) => (
      <Spotlight.ActionsGroup key={title} label={title}>
        {risks.map((risk) => (
          <Line
            key={risk.locator}
            icon={icon}
            title={risk.insured || risk.locator}
            about={aboutRisk(risk)}
            route={{ screen: 'policy', locator: risk.locator }}
          />
        ))}
      </Spotlight.ActionsGroup>
    ));
}

function aboutRisk({ policyNumber, locator, items, stage }: RiskSummary): string {
  return [policyNumber ?? locator, text.desk.stages[stage], items].filter((part) => part !== '').join(' · ');
}

interface LineProps {
  readonly icon: Icon;
  readonly title: string;
  readonly about: string;
  readonly route: Route;
}

function Line({ icon: LineIcon, title, about, route }: LineProps): ReactNode {
  return (
    <Spotlight.Action
      label={title}
      description={about}
      leftSection={<LineIcon size={16} aria-hidden />}
      onClick={() => go(route)}
    />
  );
}

/** What the screens offer, and a new quote of each product. */
function useCommands() {
  const products = useProducts();
  const offered = useOffered().flatMap(({ title, actions }) =>
    actions.map((action) => ({ ...action, title, icon: IconCommand })),
  );
  const quotes = (products.data ?? []).map(({ name, displayName }) => ({
    label: text.desk.newQuoteOf(displayName),
    title: text.desk.title,
    keys: undefined,
    icon: IconPlus,
    run: () => go({ screen: 'quote', product: name }),
  }));
  return [...offered, ...quotes];
}
