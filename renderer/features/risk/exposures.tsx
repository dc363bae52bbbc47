import { Button, Checkbox, Group, Paper, Stack, TextInput, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ExposureForm, ProductForm } from '#core/api/contract.ts';
import type { PerilAmount } from '#core/model/product.ts';
import { text } from '../../app/text.ts';
import { EntityForm } from './entity-form.tsx';
import type { ExposureEntity, PerilEntity } from './form.ts';
import { emptyExposure } from './form.ts';
import { LockedValues } from './locked-values.tsx';

interface ExposuresProps {
  readonly product: ProductForm;
  readonly exposures: readonly ExposureEntity[];
  readonly disabled: boolean;
  readonly errorOf: (path: string, field: string) => string | undefined;
  readonly onLeave: (path: string, field: string) => void;
  readonly onChange: (exposures: readonly ExposureEntity[]) => void;
}

/** What is insured, each with the perils it is covered against. */
export function Exposures({ product, exposures, disabled, errorOf, onLeave, onChange }: ExposuresProps) {
  const replace = (next: ExposureEntity) => onChange(exposures.map((other) => (other.key === next.key ? next : other)));
  return (
    <Stack gap="md">
      {exposures.map((exposure, index) => {
        const definition = product.exposures.find(({ name }) => name === exposure.name);
        if (!definition) return null;
        const path = `exposures[${index}]`;
        const same = exposures.filter(({ name }) => name === exposure.name);
        const title =
          same.length > 1 ? `${definition.displayName} ${same.indexOf(exposure) + 1}` : definition.displayName;
        return (
          <Paper key={exposure.key} withBorder p="md" component="section" aria-label={title}>
            <Group justify="space-between" mb="sm">
              <Title order={3}>{title}</Title>
              {disabled ? null : (
                <Button
                  variant="subtle"
                  color="gray"
                  leftSection={<IconTrash size={14} />}
                  onClick={() => onChange(exposures.filter(({ key }) => key !== exposure.key))}
                >
                  {text.risk.remove}
                </Button>
              )}
            </Group>
            <EntityForm
              fields={definition.fields}
              entity={exposure}
              lookups={product.lookups}
              disabled={disabled}
              errorOf={(field) => errorOf(path, field)}
              onLeave={(field) => onLeave(path, field)}
              onChange={(entity) => replace({ ...exposure, ...entity })}
            />
            <Title order={4} mt="md" mb="xs">
              {text.risk.covers}
            </Title>
            <Stack gap="xs">
              {exposure.perils.map((peril) => {
                // The request lists only the perils that are included: errors come back by that index.
                const place = exposure.perils.filter((other) => other.included).indexOf(peril);
                const perilPath = `${path}.perils[${place}]`;
                return (
                  <Cover
                    key={peril.name}
                    definition={definition.perils.find(({ name }) => name === peril.name)}
                    peril={peril}
                    product={product}
                    disabled={disabled}
                    errorOf={(field) => errorOf(perilPath, field)}
                    onLeave={(field) => onLeave(perilPath, field)}
                    onChange={(next) =>
                      replace({
                        ...exposure,
                        perils: exposure.perils.map((other) => (other.name === next.name ? next : other)),
                      })
                    }
                  />
                );
              })}
            </Stack>
          </Paper>
        );
      })}
      {disabled ? null : (
        <Group>
          {product.exposures.map((exposure) => (
            <Button
              key={exposure.name}
              variant="light"
              leftSection={<IconPlus size={14} />}
              onClick={() => onChange([...exposures, emptyExposure(exposure)])}
            >
              {text.risk.addExposure(exposure.displayName)}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  );
}

interface CoverProps {
  readonly definition: ExposureForm['perils'][number] | undefined;
  readonly peril: PerilEntity;
  readonly product: ProductForm;
  readonly disabled: boolean;
  readonly errorOf: (field: string) => string | undefined;
  readonly onLeave: (field: string) => void;
  readonly onChange: (peril: PerilEntity) => void;
}

function Cover({ definition, peril, product, disabled, errorOf, onLeave, onChange }: CoverProps) {
  if (!definition) return null;
  const amounts = Object.keys(definition.amounts) as PerilAmount[];
  if (disabled) return peril.included ? <LockedCover definition={definition} peril={peril} amounts={amounts} /> : null;
  return (
    <div className="cover">
      <Group gap="md" align="end">
        <Checkbox
          className="cover-name"
          label={definition.displayName}
          checked={peril.included}
          onChange={(event) => onChange({ ...peril, included: event.currentTarget.checked })}
        />
        {peril.included
          ? amounts.map((name) => (
              <TextInput
                key={name}
                className="amount"
                label={text.risk.amounts[name]}
                value={peril.amounts[name] ?? ''}
                inputMode="decimal"
                error={errorOf(name)}
                onBlur={() => onLeave(name)}
                onChange={(event) =>
                  onChange({ ...peril, amounts: { ...peril.amounts, [name]: event.currentTarget.value } })
                }
              />
            ))
          : null}
      </Group>
      {peril.included && definition.fields.length > 0 ? (
        <EntityForm
          fields={definition.fields}
          entity={peril}
          lookups={product.lookups}
          disabled={disabled}
          errorOf={errorOf}
          onLeave={onLeave}
          onChange={(entity) => onChange({ ...peril, ...entity })}
        />
      ) : null}
    </div>
  );
}

interface LockedCoverProps {
  readonly definition: ExposureForm['perils'][number];
  readonly peril: PerilEntity;
  readonly amounts: readonly PerilAmount[];
}

function LockedCover({ definition, peril, amounts }: LockedCoverProps) {
  return (
    <div className="cover">
      <strong>{definition.displayName}</strong>
      <dl className="locked">
        {amounts.map((name) =>
          peril.amounts[name] ? (
            <div key={name}>
              <dt>{text.risk.amounts[name]}</dt>
              <dd>{peril.amounts[name]}</dd>
            </div>
          ) : null,
        )}
      </dl>
      <LockedValues fields={definition.fields} entity={peril} />
    </div>
  );
}
