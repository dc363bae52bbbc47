import { Kbd } from '@mantine/core';
import { Spotlight } from '@mantine/spotlight';
import { IconCommand, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { keyNames, useOffered } from './actions.tsx';
import { text } from './text.ts';

/** Ctrl/Cmd-K: does anything by name. */
export function Palette() {
  const [query, setQuery] = useState('');
  const wanted = query.trim().toLowerCase();
  const commands = useOffered()
    .flatMap(({ title, actions }) => actions.map((action) => ({ ...action, title })))
    .filter(({ label, title }) => `${title} ${label}`.toLowerCase().includes(wanted));
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={['mod+K']}
      tagsToIgnore={[]}
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 0 }}
    >
      <Spotlight.Search
        placeholder={text.palette.placeholder}
        aria-label={text.palette.title}
        leftSection={<IconSearch size={16} />}
      />
      <Spotlight.ActionsList>
        {commands.length > 0 ? (
          <Spotlight.ActionsGroup label={text.palette.commands}>
            {commands.map(({ label, title, keys, run }) => (
              <Spotlight.Action
                key={`${title} ${label}`}
                label={label}
                description={title}
                leftSection={<IconCommand size={16} />}
                rightSection={keys ? <Kbd size="xs">{keyNames(keys).join(' ')}</Kbd> : null}
                onClick={run}
              />
            ))}
          </Spotlight.ActionsGroup>
        ) : (
          <Spotlight.Empty>{text.palette.nothing}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
