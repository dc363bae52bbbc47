import type { FieldDefinition } from '#core/model/field.ts';
import { shownFields } from '#core/model/field-values.ts';
import type { Entity } from './form.ts';

/** The fields of a locked entity, to be read: only those that hold something. */
export function LockedValues({
  fields,
  entity,
}: {
  readonly fields: readonly FieldDefinition[];
  readonly entity: Entity;
}) {
  return (
    <dl className="locked">
      {shownFields(fields, entity.values).map((field) => {
        const repeats = field.type === 'group' ? (entity.groups[field.name] ?? []) : [];
        const value = entity.values[field.name] ?? [];
        if (repeats.length === 0 && value.length === 0) return null;
        return (
          <div key={field.name} className={repeats.length > 0 ? 'locked-group' : ''}>
            <dt>{field.title}</dt>
            <dd className={field.type === 'number' ? 'number' : ''}>
              {repeats.length === 0
                ? value.join(', ')
                : repeats.map((repeat) => (
                    <LockedValues
                      key={repeat.key}
                      fields={field.fields ?? []}
                      entity={{ values: repeat.values, groups: {} }}
                    />
                  ))}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
