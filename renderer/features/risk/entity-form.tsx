import { Button, Fieldset, Group, Stack, Text } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { createContext, Fragment, use } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import { shownFields } from '#core/model/field-values.ts';
import { useSteady } from '../../app/steady.ts';
import { text } from '../../app/text.ts';
import { FieldInput } from './field-input.tsx';
import type { Entity, GroupEntity } from './form.ts';
import { emptyGroup } from './form.ts';
import { LockedValues } from './locked-values.tsx';

interface EntityFormProps {
  readonly fields: readonly FieldDefinition[];
  readonly entity: Entity;
  readonly lookups: ProductForm['lookups'];
  readonly disabled: boolean;
  /** The message for a field of this entity, once the field was left or a finalize was tried. */
  readonly errorOf: (field: string) => string | undefined;
  readonly onChange: (entity: Entity) => void;
  readonly onLeave: (field: string) => void;
}

/** Where a form changes something that stands: an entity as it was before, so that changed fields are marked. */
export const WasBefore = createContext<(entity: Entity) => Entity | undefined>(() => undefined);

const NO_VALUE: readonly string[] = [];

/** The fields of a policyholder, policy, exposure or peril: those whose condition holds, in their order and width. */
export function EntityForm({ fields, entity, lookups, disabled, errorOf, onChange, onLeave }: EntityFormProps) {
  const before = use(WasBefore)(entity);
  const change = useSteady((field: string, value: readonly string[]) =>
    onChange({ ...entity, values: { ...entity.values, [field]: value } }),
  );
  const leave = useSteady(onLeave);
  if (disabled) return <LockedValues fields={fields} entity={entity} />;
  return (
    <div className="field-grid">
      {shownFields(fields, entity.values).map((field) => (
        <Fragment key={field.name}>
          {field.heading ? <h3 className="field-heading">{field.heading}</h3> : null}
          <div
            style={{ gridColumn: cellOf(field) }}
            className={isChanged(field, entity, before) ? 'field-cell changed-field' : 'field-cell'}
          >
            {field.type === 'group' ? (
              <GroupField
                field={field}
                repeats={entity.groups[field.name] ?? []}
                lookups={lookups}
                disabled={disabled}
                error={errorOf(field.name)}
                errorOf={errorOf}
                onLeave={onLeave}
                onChange={(repeats) => onChange({ ...entity, groups: { ...entity.groups, [field.name]: repeats } })}
              />
            ) : (
              <FieldInput
                field={field}
                value={entity.values[field.name] ?? NO_VALUE}
                siblings={field.type === 'lookup' ? entity.values : undefined}
                lookups={lookups}
                disabled={disabled}
                error={errorOf(field.name)}
                onChange={change}
                onLeave={leave}
              />
            )}
          </div>
        </Fragment>
      ))}
    </div>
  );
}

function isChanged({ name, type }: FieldDefinition, entity: Entity, before: Entity | undefined): boolean {
  if (!before) return false;
  const of = type === 'group' ? 'groups' : 'values';
  return JSON.stringify(before[of][name] ?? []) !== JSON.stringify(entity[of][name] ?? []);
}

/** A third of the width unless the author says otherwise; groups and long texts take the whole row. */
function cellOf(field: FieldDefinition): string {
  const wide = field.type === 'group' || field.multiline === true;
  const span = wide ? 12 : field.width && field.width > 0 ? Math.min(12, field.width) : 4;
  return field.newline ? `1 / span ${span}` : `span ${span}`;
}

interface GroupFieldProps {
  readonly field: FieldDefinition;
  readonly repeats: readonly GroupEntity[];
  readonly lookups: ProductForm['lookups'];
  readonly disabled: boolean;
  readonly error: string | undefined;
  readonly errorOf: (field: string) => string | undefined;
  readonly onLeave: (field: string) => void;
  readonly onChange: (repeats: readonly GroupEntity[]) => void;
}

function GroupField({ field, repeats, lookups, disabled, error, errorOf, onLeave, onChange }: GroupFieldProps) {
  const most = field.repeatable ? Number(field.maximum ?? Number.POSITIVE_INFINITY) : 1;
  return (
    <Fieldset legend={field.title} className="group-field">
      <Stack gap="sm">
        {repeats.map((repeat, index) => (
          <Group key={repeat.key} align="start" wrap="nowrap" gap="sm">
            <div className="grow">
              <EntityForm
                fields={field.fields ?? []}
                entity={{ values: repeat.values, groups: {} }}
                lookups={lookups}
                disabled={disabled}
                errorOf={(name) => errorOf(`${field.name}[${index}].${name}`)}
                onLeave={(name) => onLeave(`${field.name}[${index}].${name}`)}
                onChange={({ values }) =>
                  onChange(repeats.map((other) => (other.key === repeat.key ? { ...repeat, values } : other)))
                }
              />
            </div>
            {disabled ? null : (
              <Button
                variant="subtle"
                color="gray"
                aria-label={`${text.risk.remove} ${field.title} ${index + 1}`}
                onClick={() => onChange(repeats.filter((other) => other.key !== repeat.key))}
              >
                <IconX size={14} />
              </Button>
            )}
          </Group>
        ))}
        {error ? (
          <Text size="xs" c="red">
            {error}
          </Text>
        ) : null}
        {disabled || repeats.length >= most ? null : (
          <Group>
            <Button
              variant="light"
              leftSection={<IconPlus size={14} />}
              onClick={() => onChange([...repeats, emptyGroup()])}
            >
              {text.risk.addGroup(field.title)}
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}
