import { ActionIcon, Button, Checkbox, Group, Select, Table, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconChevronLeft, IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { text as words } from '../../app/text.ts';
import { FIELD_TYPES, type FieldList, fieldEdits, type ListedField, listFields } from './field-list.ts';

interface FieldsPanelProps {
  readonly path: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** The fields of a file as a list: the simple things are edited without JSON, everything else stays as its author wrote it. */
export function FieldsPanel({ path, text, onChange }: FieldsPanelProps) {
  const lists = listFields(text, path);
  if (!lists)
    return (
      <Text size="sm" c="dimmed" p="md">
        {words.studio.noFields}
      </Text>
    );
  return (
    <div className="studio-fields">
      {lists.map((list) => (
        <Fields key={list.path.join('.')} list={list} text={text} onChange={onChange} />
      ))}
    </div>
  );
}

interface FieldsProps {
  readonly list: FieldList;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function Fields({ list, text, onChange }: FieldsProps) {
  const { kind, fields } = list;
  const names = words.studio.field;
  return (
    <>
      {kind === 'fields' ? null : (
        <Text size="xs" c="dimmed" mb={4}>
          {kind === 'dictionary' ? names.inForm : names.inDictionary}
        </Text>
      )}
      {fields.length === 0 ? (
        <Text size="sm" c="dimmed">
          {names.none}
        </Text>
      ) : (
        <Table className="studio-field-table" verticalSpacing={4} horizontalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{kind === 'dictionary' ? names.name : names.title}</Table.Th>
              {kind === 'form' ? null : <Table.Th>{names.type}</Table.Th>}
              {kind === 'dictionary' ? null : <Table.Th>{names.optional}</Table.Th>}
              <Table.Th>
                <span className="visually-hidden">{words.studio.modes.label}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Rows kind={kind} fields={fields} level={0} text={text} onChange={onChange} />
          </Table.Tbody>
        </Table>
      )}
      <AddField list={list} text={text} onChange={onChange} />
    </>
  );
}

interface RowsProps extends Omit<FieldsProps, 'list'> {
  readonly kind: FieldList['kind'];
  readonly fields: readonly ListedField[];
  readonly level: 0 | 1;
}

function Rows({ kind, fields, level, text, onChange }: RowsProps) {
  const names = words.studio.field;
  return fields.map((field, index) => {
    const what = field.title || field.name;
    return (
      <Fragment key={field.path.join('.')}>
        <Table.Tr>
          <Table.Td className={level === 1 ? 'below' : undefined}>
            {kind === 'dictionary' ? null : (
              <TextInput
                aria-label={`${names.title} ${field.name}`}
                value={field.title}
                onChange={(event) => onChange(fieldEdits.title(text, field, event.currentTarget.value))}
              />
            )}
            <code>{field.name}</code>
          </Table.Td>
          {kind === 'form' ? null : (
            <Table.Td>
              <Select
                aria-label={`${names.type} ${field.name}`}
                data={[...new Set([...FIELD_TYPES, field.type])]}
                value={field.type}
                allowDeselect={false}
                w={104}
                onChange={(type) => type && onChange(fieldEdits.type(text, field, type))}
              />
            </Table.Td>
          )}
          {kind === 'dictionary' ? null : (
            <Table.Td>
              <Checkbox
                size="xs"
                aria-label={`${names.optional} ${field.name}`}
                checked={field.optional}
                onChange={(event) => onChange(fieldEdits.optional(text, field, event.currentTarget.checked))}
              />
            </Table.Td>
          )}
          <Table.Td className="studio-row-actions">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={names.up(what)}
              disabled={index === 0}
              onClick={() => onChange(fieldEdits.move(text, field, -1))}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={names.down(what)}
              disabled={index === fields.length - 1}
              onClick={() => onChange(fieldEdits.move(text, field, 1))}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={names.remove(what)}
              onClick={() => onChange(fieldEdits.remove(text, field))}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Table.Td>
        </Table.Tr>
        {field.type === 'select' && field.values ? (
          <Table.Tr>
            <Table.Td colSpan={4} className="studio-values">
              <Choices field={field} text={text} onChange={onChange} />
            </Table.Td>
          </Table.Tr>
        ) : null}
        {field.fields ? <Rows kind={kind} fields={field.fields} level={1} text={text} onChange={onChange} /> : null}
      </Fragment>
    );
  });
}

interface ChoicesProps extends Omit<FieldsProps, 'list'> {
  readonly field: ListedField;
}

function Choices({ field, text, onChange }: ChoicesProps) {
  const names = words.studio.field;
  const values = field.values ?? [];
  return (
    <Group gap={6}>
      <span className="studio-values-label">{names.values}</span>
      {values.map((value, index) => (
        // A choice has no name but its place: typing into it must not lose the cursor.
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what identifies a choice
        <span key={index} className="studio-choice">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={names.earlier(value)}
            disabled={index === 0}
            onClick={() => onChange(fieldEdits.moveValue(text, field, index, index - 1))}
          >
            <IconChevronLeft size={12} />
          </ActionIcon>
          <TextInput
            aria-label={`${field.name}: ${names.value(index + 1)}`}
            value={value}
            w={`${Math.min(24, Math.max(8, value.length + 4))}ch`}
            onChange={(event) => onChange(fieldEdits.setValue(text, field, index, event.currentTarget.value))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={names.remove(value)}
            onClick={() => onChange(fieldEdits.removeValue(text, field, index))}
          >
            <IconX size={12} />
          </ActionIcon>
        </span>
      ))}
      <Button
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange(fieldEdits.addValue(text, field, ''))}
      >
        {names.addValue}
      </Button>
    </Group>
  );
}

function AddField({ list, text, onChange }: FieldsProps) {
  const [name, setName] = useState('');
  const names = words.studio.field;
  const taken = list.fields.some((field) => field.name === name);
  const usable = /^[\w-]+$/.test(name) && !taken;
  return (
    <form
      className="studio-add-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (!usable) return;
        onChange(fieldEdits.add(text, list, name));
        setName('');
      }}
    >
      <TextInput
        aria-label={names.newName}
        placeholder={names.newName}
        value={name}
        error={taken ? names.nameTaken : name === '' || usable ? undefined : names.nameHint}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="light" leftSection={<IconPlus size={14} />} disabled={!usable}>
        {names.add}
      </Button>
    </form>
  );
}
