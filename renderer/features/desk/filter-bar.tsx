import { ActionIcon, Button, Checkbox, Menu, MultiSelect, Popover, Stack, TextInput } from '@mantine/core';
import { IconColumns3, IconDots, IconDownload } from '@tabler/icons-react';
import type { KeyboardEvent, RefObject } from 'react';
import type { ListFilters } from '#core/api/contracts/desk.ts';
import { RISK_STAGES } from '#core/model/risk-list.ts';
import { text } from '../../app/text.ts';
import { COLUMNS } from './columns.tsx';
import { isFiltered, NO_FILTERS } from './query.ts';

interface FilterBarProps {
  readonly filters: ListFilters;
  readonly onFilters: (filters: ListFilters) => void;
  readonly products: readonly { readonly name: string; readonly displayName: string }[];
  readonly columns: readonly string[];
  readonly onColumns: (columns: readonly string[]) => void;
  readonly onExport: () => void;
  readonly search: RefObject<HTMLInputElement | null>;
  /** From the search field down into the list. */
  readonly onDown: () => void;
}

/** What narrows the list, and what it shows. */
export function FilterBar(props: FilterBarProps) {
  const { filters, onFilters, products, columns, onColumns, onExport, search, onDown } = props;
  const set = (change: Partial<ListFilters>): void => onFilters({ ...filters, ...change });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      onDown();
    } else if (event.key === 'Escape' && filters.q) {
      set({ q: '' });
    }
  };
  const shared = { clearable: true, comboboxProps: { transitionProps: { duration: 0 } } } as const;
  return (
    <div className="desk-filters">
      <TextInput
        ref={search}
        aria-label={text.desk.search}
        placeholder={text.desk.searchHint}
        value={filters.q ?? ''}
        onChange={(event) => set({ q: event.currentTarget.value })}
        onKeyDown={onKeyDown}
        className="desk-search"
      />
      <MultiSelect
        {...shared}
        aria-label={text.desk.filters.stage}
        placeholder={filters.stage?.length ? '' : text.desk.filters.stage}
        data={RISK_STAGES.map((value) => ({ value, label: text.desk.stages[value] }))}
        value={[...(filters.stage ?? [])]}
        onChange={(chosen) => set({ stage: RISK_STAGES.filter((stage) => chosen.includes(stage)) })}
        className="desk-choice"
      />
      <MultiSelect
        {...shared}
        aria-label={text.desk.filters.product}
        placeholder={filters.product?.length ? '' : text.desk.filters.product}
        data={products.map(({ name, displayName }) => ({ value: name, label: displayName }))}
        value={[...(filters.product ?? [])]}
        onChange={(product) => set({ product })}
        className="desk-choice"
      />
      <MultiSelect
        {...shared}
        aria-label={text.desk.filters.decision}
        placeholder={filters.decision?.length ? '' : text.desk.filters.decision}
        data={Object.entries(text.desk.decisions).map(([value, label]) => ({ value, label }))}
        value={[...(filters.decision ?? [])]}
        onChange={(decision) => set({ decision })}
        className="desk-choice desk-choice-small"
      />
      <TextInput
        type="date"
        aria-label={text.desk.filters.from}
        leftSection={<span className="desk-date-label">{text.desk.filters.fromShort}</span>}
        leftSectionWidth={44}
        className="desk-date"
        value={filters.from ?? ''}
        onChange={(event) => set({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        aria-label={text.desk.filters.to}
        leftSection={<span className="desk-date-label">{text.desk.filters.toShort}</span>}
        leftSectionWidth={44}
        className="desk-date"
        value={filters.to ?? ''}
        onChange={(event) => set({ to: event.currentTarget.value || undefined })}
      />
      {isFiltered(filters) ? (
        <Button variant="subtle" color="gray" onClick={() => onFilters(NO_FILTERS)}>
          {text.desk.clear}
        </Button>
      ) : null}
      <span className="grow" />
      <Popover position="bottom-end" transitionProps={{ duration: 0 }}>
        <Popover.Target>
          <Button variant="default" leftSection={<IconColumns3 size={14} />}>
            {text.desk.chooseColumns}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="xs">
            {COLUMNS.map(({ id }) => (
              <Checkbox
                key={id}
                size="xs"
                label={text.desk.columns[id]}
                checked={columns.includes(id)}
                disabled={id === 'insured'}
                onChange={({ currentTarget: { checked } }) =>
                  onColumns(
                    COLUMNS.map((column) => column.id).filter((other) =>
                      other === id ? checked : columns.includes(other),
                    ),
                  )
                }
              />
            ))}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={text.desk.bulk.exportAll}>
            <IconDots size={14} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconDownload size={14} />} onClick={onExport}>
            {text.desk.bulk.exportAll}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
