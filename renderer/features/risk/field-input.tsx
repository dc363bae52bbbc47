import { MultiSelect, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { memo } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { FieldDefinition, FieldValues } from '#core/model/field.ts';
import { text } from '../../app/text.ts';
import { MediaInput } from './media-input.tsx';

interface FieldInputProps {
  readonly field: FieldDefinition;
  readonly value: readonly string[];
  /** Values beside it, for choices that depend on earlier ones; absent where none does, so that only such inputs are drawn again. */
  readonly siblings: FieldValues | undefined;
  readonly lookups: ProductForm['lookups'];
  readonly error?: string | undefined;
  readonly disabled: boolean;
  /** Both name the field and stay the same functions, so that a key typed into one field draws that field and no other. */
  readonly onChange: (field: string, value: readonly string[]) => void;
  readonly onLeave: (field: string) => void;
}

/** The input of one field, by its type (formats §1.5). */
export const FieldInput = memo(function FieldInput(props: FieldInputProps) {
  const { field, value, siblings, lookups, error, disabled } = props;
  const onChange = (next: readonly string[]) => props.onChange(field.name, next);
  const common = {
    label: field.title,
    withAsterisk: !field.optional,
    error,
    disabled,
    onBlur: () => props.onLeave(field.name),
    name: field.name,
  };
  const one = value[0] ?? '';
  const single = (next: string | null) => onChange(next === null || next === '' ? [] : [next]);

  if (field.type === 'select' || field.type === 'lookup') {
    const options = field.type === 'select' ? [...(field.values ?? [])] : lookupOptions(field, siblings ?? {}, lookups);
    const data = [...new Set([...options, ...value])];
    if (field.repeatable)
      return <MultiSelect {...common} data={data} value={[...value]} onChange={onChange} searchable clearable />;
    return (
      <Select
        {...common}
        data={data}
        value={one === '' ? null : one}
        onChange={single}
        placeholder={text.risk.choose}
        searchable
        clearable={field.optional}
        allowDeselect={field.optional}
        selectFirstOptionOnChange
      />
    );
  }
  if (field.type === 'media')
    return <MediaInput {...common} value={value} repeatable={field.repeatable} onChange={onChange} />;
  if (field.repeatable) return <TagsInput {...common} value={[...value]} onChange={onChange} acceptValueOnBlur />;
  if (field.multiline)
    return (
      <Textarea
        {...common}
        value={one}
        onChange={(event) => single(event.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={8}
      />
    );
  return (
    <TextInput
      {...common}
      value={one}
      onChange={(event) => single(event.currentTarget.value)}
      {...inputMode(field)}
      {...(field.maxLength ? { maxLength: field.maxLength } : {})}
    />
  );
});

function inputMode(field: FieldDefinition) {
  if (field.type === 'number') return { inputMode: 'decimal' as const, className: 'amount' };
  if (field.type === 'email') return { type: 'email' };
  if (field.type !== 'date') return {};
  if (field.precision === 'month') return { type: 'month' };
  if (field.precision === 'year') return { inputMode: 'numeric' as const, maxLength: 4 };
  if (field.precision === 'second') return { type: 'datetime-local', step: 1 };
  return { type: 'date' };
}

/** The distinct values of this field's column among the rows that fit the earlier choices (formats §1.5, `lookup`). */
function lookupOptions(field: FieldDefinition, siblings: FieldValues, lookups: ProductForm['lookups']): string[] {
  const table = lookups[field.table ?? ''];
  if (!table) return [];
  const matched = (field.match ?? []).map((name) => siblings[name]?.[0]);
  const column = matched.length;
  const fitting = table.rows.filter((row) =>
    matched.every((wanted, index) => wanted === undefined || row[index] === wanted),
  );
  return [...new Set(fitting.map((row) => row[column] ?? '').filter(Boolean))];
}
