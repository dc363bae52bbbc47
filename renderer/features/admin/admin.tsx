import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Session } from '#core/api/contract.ts';
import { useActions } from '../../app/actions.tsx';
import { address, go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { About } from './about.tsx';
import './admin.css';
import { Backups } from './backups.tsx';
import { EnvironmentSection } from './environment.tsx';
import { Integrations } from './integrations.tsx';
import { Schedules } from './schedules.tsx';

const SECTIONS = ['integrations', 'schedules', 'backups', 'environment', 'users', 'about'] as const;
type Section = (typeof SECTIONS)[number];

/** The machine room: what Fieldwriter talks to, does by itself, keeps and is. */
export function Admin({ section, session }: { readonly section: string | undefined; readonly session: Session }) {
  const open = SECTIONS.find((name) => name === section) ?? 'integrations';
  useActions(
    text.admin.title,
    SECTIONS.map((name) => ({
      label: text.admin.goTo(text.admin.sections[name]),
      run: () => go({ screen: 'admin', section: name }),
    })),
  );
  return (
    <div className="admin">
      <nav className="admin-nav" aria-label={text.admin.title}>
        {SECTIONS.map((name) => (
          <a
            key={name}
            href={address({ screen: 'admin', section: name })}
            aria-current={name === open ? 'page' : undefined}
          >
            {text.admin.sections[name]}
          </a>
        ))}
      </nav>
      <main className="admin-main">
        <Title order={1}>{text.admin.sections[open]}</Title>
        {contentOf(open, session)}
      </main>
    </div>
  );
}

function contentOf(section: Section, session: Session): ReactNode {
  switch (section) {
    case 'integrations':
      return <Integrations />;
    case 'schedules':
      return <Schedules />;
    case 'backups':
      return <Backups />;
    case 'environment':
      return <EnvironmentSection session={session} />;
    case 'users':
      return (
        <Text size="sm" c="dimmed" mt="xs">
          {text.admin.users.hint}
        </Text>
      );
    case 'about':
      return <About session={session} />;
  }
}
