import { ActionIcon, Badge, Button, Group, Menu, Title } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconDots, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { PricePreview, ProductForm } from '#core/api/contract.ts';
import { Decimal } from '#core/model/decimal.ts';
import { shownFields } from '#core/model/field-values.ts';
import { money } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Cover } from './cover.tsx';
import { EntityForm } from './entity-form.tsx';
import type { ExposureEntity } from './form.ts';
import { copyOfExposure, emptyExposure, exposureTitles } from './form.ts';

interface ExposuresProps {
  readonly product: ProductForm;
  readonly exposures: readonly ExposureEntity[];
  readonly disabled: boolean;
  /** Price and faults of this form, shown at the exposures and perils they belong to. */
  readonly preview?: PricePreview | undefined;
  readonly errorOf: (path: string, field: string) => string | undefined;
  readonly onLeave: (path: string, field: string) => void;
  readonly onChange: (exposures: readonly ExposureEntity[]) => void;
}

/** So many are open at first; of a fleet, people open the one they want. */
const OPEN_AT_FIRST = 4;

/** What is insured, as a tree: each exposure with the perils it is covered against, their premium beside them. */
export function Exposures({ product, exposures, disabled, preview, errorOf, onLeave, onChange }: ExposuresProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(
    () => new Set(exposures.length > OPEN_AT_FIRST ? exposures.slice(1).map(({ key }) => key) : []),
  );
  const titles = exposureTitles(product, { exposures });
  const toggle = (key: string): void =>
    setClosed((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  const remove = (exposure: ExposureEntity, title: string): void => {
    onChange(exposures.filter(({ key }) => key !== exposure.key));
    toast(text.risk.removed(title), () => onChange(exposures));
  };
  return (
    <section aria-label={text.risk.exposures}>
      <Group justify="space-between" mb={6}>
        <Title order={2}>{text.risk.exposures}</Title>
        {exposures.length > 1 ? (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            onClick={() => setClosed(closed.size > 0 ? new Set() : new Set(exposures.map(({ key }) => key)))}
          >
            {closed.size > 0 ? text.risk.openAll : text.risk.closeAll}
          </Button>
        ) : null}
      </Group>
      {exposures.map((exposure, index) => {
        const definition = product.exposures.find(({ name }) => name === exposure.name);
        if (!definition) return null;
        const path = `exposures[${index}]`;
        const title = titles[index] ?? '';
        const open = !closed.has(exposure.key);
        const priced = preview?.price?.perils.filter(({ exposureIndex }) => exposureIndex === index) ?? [];
        const faults = preview?.fieldErrors.filter((fault) => `${fault.path ?? ''}.`.startsWith(`${path}.`)) ?? [];
        const replace = (next: ExposureEntity): void =>
          onChange(exposures.map((other) => (other.key === next.key ? next : other)));
        return (
          <section key={exposure.key} className="exposure" aria-label={title}>
            <div className="exposure-head">
              <button
                type="button"
                className="exposure-toggle"
                aria-expanded={open}
                onClick={() => toggle(exposure.key)}
              >
                {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
                <strong>{title}</strong>
                <span className="exposure-summary">{open ? '' : summaryOf(definition.fields, exposure)}</span>
              </button>
              {!disabled && faults.length > 0 ? (
                <Badge variant="light" color="orange">
                  {text.risk.incomplete(faults.length)}
                </Badge>
              ) : null}
              {priced.length > 0 && preview?.price ? (
                <span className="exposure-premium">
                  {money(
                    priced.reduce((sum, { premium }) => sum.plus(premium), new Decimal(0)).toString(),
                    preview.price.currency,
                  )}
                </span>
              ) : null}
              {disabled ? null : (
                <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
                  <Menu.Target>
                    <ActionIcon variant="subtle" color="gray" aria-label={text.risk.actionsOf(title)}>
                      <IconDots size={16} />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item onClick={() => onChange([...exposures, copyOfExposure(exposure)])}>
                      {text.risk.duplicate}
                    </Menu.Item>
                    <Menu.Item onClick={() => remove(exposure, title)}>{text.risk.remove}</Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              )}
            </div>
            {open ? (
              <div className="exposure-body">
                <EntityForm
                  fields={definition.fields}
                  entity={exposure}
                  lookups={product.lookups}
                  disabled={disabled}
                  errorOf={(field) => errorOf(path, field)}
                  onLeave={(field) => onLeave(path, field)}
                  onChange={(entity) => replace({ ...exposure, ...entity })}
                />
                <h3 className="covers-title">{text.risk.covers}</h3>
                {exposure.perils.map((peril) => {
                  // The request lists only the perils that are included: errors come back by that index.
                  const place = exposure.perils.filter((other) => other.included).indexOf(peril);
                  const perilPath = `${path}.perils[${place}]`;
                  const premium = priced.find(({ perilName }) => perilName === peril.name)?.premium;
                  return (
                    <Cover
                      key={peril.name}
                      definition={definition.perils.find(({ name }) => name === peril.name)}
                      peril={peril}
                      product={product}
                      disabled={disabled}
                      premium={peril.included && premium ? money(premium, preview?.price?.currency ?? '') : ''}
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
              </div>
            ) : null}
          </section>
        );
      })}
      {disabled ? null : (
        <Group mt="sm">
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
    </section>
  );
}

/** What tells one exposure from its neighbours while it is closed: the first values that it has. */
function summaryOf(fields: ProductForm['fields'], { values }: ExposureEntity): string {
  return shownFields(fields, values)
    .filter(({ type }) => type !== 'group' && type !== 'media')
    .flatMap(({ name }) => (values[name] ?? []).join(', ') || [])
    .slice(0, 4)
    .join(' · ');
}
