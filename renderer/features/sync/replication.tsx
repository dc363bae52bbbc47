import { Badge, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useActions } from '../../app/actions.tsx';
import { address, go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import '../admin/admin.css';
import { Conflicts } from './conflicts.tsx';
import { DepartureCheckList } from './departure.tsx';
import { ReplicationState } from './replication-state.tsx';
import './sync.css';
import { useSync } from './use-sync.ts';

const SECTIONS = ['state', 'conflicts', 'departure'] as const;
type Section = (typeof SECTIONS)[number];

/** Replication with the cloud: its state, the conflict inbox, and the check before a trip. */
export function Replication({
  section,
  locator,
}: {
  readonly section: string | undefined;
  readonly locator: string | undefined;
}) {
  const open = SECTIONS.find((name) => name === section) ?? 'state';
  const { data: status } = useSync();
  useActions(
    text.sync.title,
    SECTIONS.map((name) => ({
      label: text.sync.goTo(text.sync.sections[name]),
      run: () => go({ screen: 'replication', section: name }),
    })),
  );
  return (
    <div className="admin replication">
      <nav className="admin-nav" aria-label={text.sync.title}>
        {SECTIONS.map((name) => (
          <a
            key={name}
            href={address({ screen: 'replication', section: name })}
            aria-current={name === open ? 'page' : undefined}
          >
            {text.sync.sections[name]}
            {name === 'conflicts' && status && status.conflicts > 0 ? (
              <Badge size="sm" variant="light" color="orange" ml="xs">
                {status.conflicts}
              </Badge>
            ) : null}
          </a>
        ))}
      </nav>
      <main className={open === 'conflicts' ? 'admin-main conflicts-main' : 'admin-main'}>
        <Title order={1}>{open === 'state' ? text.sync.title : titles[open]}</Title>
        {contentOf(open, locator)}
      </main>
    </div>
  );
}
const titles = { conflicts: text.sync.conflicts.title, departure: text.sync.departure.title } as const;

function contentOf(section: Section, locator: string | undefined): ReactNode {
  switch (section) {
    case 'state':
      return <ReplicationState />;
    case 'conflicts':
      return <Conflicts chosen={locator} />;
    case 'departure':
      return <DepartureCheckList />;
  }
}
