import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { RiskSummary, SavedView } from '#core/api/contracts/desk.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { listQuery } from './query.ts';
import { useRecent } from './recent.ts';
import { useSetting } from './settings.ts';
import { useRisksNamed } from './use-risks.ts';

type Shown = Pick<SavedView, 'filters' | 'sort' | 'columns'>;

interface SavedViewsProps {
  readonly shown: Shown;
  readonly onShow: (view: Shown | undefined) => void;
}

/** Beside the list: views under names, the risks that were pinned, and those that were open lately. */
export function SavedViews({ shown, onShow }: SavedViewsProps) {
  const [views, change] = useSetting('views');
  const [naming, setNaming] = useState<{ readonly id?: string; readonly name: string }>();
  const list = views?.views ?? [];
  const is = (view: Shown): boolean =>
    listQuery(view) === listQuery(shown) && view.columns.join() === shown.columns.join();
  const save = (): void => {
    const { id, name } = { id: naming?.id, name: naming?.name.trim() };
    setNaming(undefined);
    if (!name) return;
    void change((before) => ({
      views: id
        ? before.views.map((view) => (view.id === id ? { ...view, name } : view))
        : [...before.views, { ...shown, id: crypto.randomUUID(), name }],
    }));
  };
  const remove = (view: SavedView): void => {
    void change((before) => ({ views: before.views.filter(({ id }) => id !== view.id) }));
    toast(
      text.desk.views.removed(view.name),
      () =>
        void change((before) => {
          const at = list.findIndex(({ id }) => id === view.id);
          return { views: before.views.toSpliced(at, 0, view) };
        }),
    );
  };
  const nameField = (
    <TextInput
      autoFocus
      aria-label={text.desk.views.name}
      placeholder={text.desk.views.name}
      value={naming?.name ?? ''}
      onChange={(event) => setNaming({ ...naming, name: event.currentTarget.value })}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
        if (event.key === 'Escape') setNaming(undefined);
      }}
      onBlur={save}
    />
  );
  return (
    <aside className="desk-side" aria-label={text.desk.views.title}>
      <section>
        <h2>{text.desk.views.title}</h2>
        <ul>
          <li>
            <button type="button" className="desk-side-link" onClick={() => onShow(undefined)}>
              {text.desk.views.all}
            </button>
          </li>
          {list.map((view) => (
            <li key={view.id}>
              {naming?.id === view.id ? (
                nameField
              ) : (
                <>
                  <button
                    type="button"
                    className="desk-side-link"
                    aria-current={is(view) ? 'true' : undefined}
                    onClick={() => onShow(view)}
                  >
                    {view.name}
                  </button>
                  <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
                    <Menu.Target>
                      <ActionIcon variant="subtle" color="gray" size={24} aria-label={text.desk.views.more(view.name)}>
                        <IconDots size={14} />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item onClick={() => setNaming({ id: view.id, name: view.name })}>
                        {text.desk.views.rename}
                      </Menu.Item>
                      <Menu.Item onClick={() => remove(view)}>{text.desk.views.remove}</Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </>
              )}
            </li>
          ))}
        </ul>
        {naming && naming.id === undefined ? (
          nameField
        ) : (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={12} />}
            title={text.desk.views.none}
            onClick={() => setNaming({ name: '' })}
          >
            {text.desk.views.save}
          </Button>
        )}
      </section>
      <Places />
    </aside>
  );
}

function Places() {
  const [pinned] = useSetting('pinned');
  const recent = useRecent();
  return (
    <>
      <RiskLinks
        title={text.desk.pinned.title}
        none={text.desk.pinned.none}
        risks={useRisksNamed(pinned?.risks ?? [])}
      />
      <RiskLinks title={text.desk.recent.title} none={text.desk.recent.none} risks={useRisksNamed(recent)} />
    </>
  );
}

interface RiskLinksProps {
  readonly title: string;
  readonly none: string;
  readonly risks: readonly RiskSummary[];
}

function RiskLinks({ title, none, risks }: RiskLinksProps) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {risks.length === 0 ? <p className="desk-quiet">{none}</p> : null}
      <ul>
        {risks.map(({ locator, insured, policyNumber, stage }) => (
          <li key={locator}>
            <a className="desk-side-link" href={address({ screen: 'policy', locator })}>
              <span className="desk-side-name">{insured || locator}</span>
              <span className="desk-quiet">{policyNumber ?? text.desk.stages[stage]}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
