import { Alert, Skeleton, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { ProductForm } from '#core/api/contract.ts';
import { text } from '../../app/text.ts';
import { EntityForm } from '../risk/entity-form.tsx';
import type { Entity } from '../risk/form.ts';

interface FormPreviewProps {
  readonly form: ProductForm | undefined;
  /** The form is older than what is typed: the product has errors. */
  readonly stale: boolean;
}

const EMPTY: Entity = { values: {}, groups: {} };

/** The form as the underwriter will see it, live; what is typed tries conditions and choices and is kept nowhere. */
export function FormPreview({ form, stale }: FormPreviewProps) {
  const [entities, setEntities] = useState<Readonly<Record<string, Entity>>>({});
  if (!form)
    return stale ? (
      <Text size="sm" c="dimmed">
        {text.studio.form.none}
      </Text>
    ) : (
      <Skeleton height={240} />
    );
  const part = (key: string, title: string, fields: ProductForm['fields'], level: 3 | 4 = 3) =>
    fields.length === 0 ? null : (
      <section key={key} aria-label={title} className={level === 4 ? 'below' : undefined}>
        <Title order={level}>{title}</Title>
        <EntityForm
          fields={fields}
          entity={entities[key] ?? EMPTY}
          lookups={form.lookups}
          disabled={false}
          errorOf={() => undefined}
          onLeave={() => undefined}
          onChange={(entity) => setEntities((before) => ({ ...before, [key]: entity }))}
        />
      </section>
    );
  return (
    <div className="studio-form">
      {stale ? (
        <Alert color="orange" variant="light" p="xs">
          {text.studio.form.stale}
        </Alert>
      ) : (
        <Text size="xs" c="dimmed">
          {text.studio.form.hint}
        </Text>
      )}
      {part('policyholder', text.risk.policyholder, form.policyholderFields)}
      {part('policy', text.risk.details, form.fields)}
      {form.exposures.map((exposure) => (
        <div key={exposure.name}>
          {part(exposure.name, exposure.displayName, exposure.fields)}
          {exposure.perils.map((peril) =>
            part(`${exposure.name}/${peril.name}`, `${exposure.displayName}: ${peril.displayName}`, peril.fields, 4),
          )}
        </div>
      ))}
    </div>
  );
}
