import { Checkbox, TextInput } from '@mantine/core';
import { memo } from 'react';
import type { ExposureForm, ProductForm } from '#core/api/contract.ts';
import type { PerilAmount } from '#core/model/product.ts';
import { useSteady } from '../../app/steady.ts';
import { text } from '../../app/text.ts';
import { EntityForm } from './entity-form.tsx';
import type { PerilEntity } from './form.ts';
import { LockedValues } from './locked-values.tsx';

interface CoverProps {
  readonly definition: ExposureForm['perils'][number] | undefined;
  readonly peril: PerilEntity;
  readonly product: ProductForm;
  readonly disabled: boolean;
  /** In the reader's notation; empty while there is none. */
  readonly premium: string;
  readonly errorOf: (field: string) => string | undefined;
  readonly onLeave: (field: string) => void;
  readonly onChange: (peril: PerilEntity) => void;
}

/** One peril that an exposure can be covered against: in or out, its amounts, its own fields, its premium. */
export function Cover({ definition, peril, product, disabled, premium, errorOf, onLeave, onChange }: CoverProps) {
  const amount = useSteady((name: PerilAmount, value: string) =>
    onChange({ ...peril, amounts: { ...peril.amounts, [name]: value } }),
  );
  const leave = useSteady(onLeave);
  const include = useSteady((included: boolean) => onChange({ ...peril, included }));
  if (!definition) return null;
  const amounts = Object.keys(definition.amounts) as PerilAmount[];
  if (disabled)
    return peril.included ? (
      <LockedCover definition={definition} peril={peril} amounts={amounts} premium={premium} />
    ) : null;
  return (
    <div className="cover">
      <div className="cover-line">
        <Included title={definition.displayName} included={peril.included} onChange={include} />
        <div className="cover-amounts">
          {peril.included
            ? amounts.map((name) => (
                <AmountInput
                  key={name}
                  name={name}
                  value={peril.amounts[name] ?? ''}
                  error={errorOf(name)}
                  onChange={amount}
                  onLeave={leave}
                />
              ))
            : null}
        </div>
        <span className="cover-premium">{premium}</span>
      </div>
      {peril.included && definition.fields.length > 0 ? (
        <div className="cover-fields">
          <EntityForm
            fields={definition.fields}
            entity={peril}
            lookups={product.lookups}
            disabled={disabled}
            errorOf={errorOf}
            onLeave={onLeave}
            onChange={(entity) => onChange({ ...peril, ...entity })}
          />
        </div>
      ) : null}
    </div>
  );
}

interface IncludedProps {
  readonly title: string;
  readonly included: boolean;
  readonly onChange: (included: boolean) => void;
}

const Included = memo(function Included({ title, included, onChange }: IncludedProps) {
  return (
    <Checkbox
      className="cover-name"
      label={title}
      checked={included}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
});

interface AmountInputProps {
  readonly name: PerilAmount;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (name: PerilAmount, value: string) => void;
  readonly onLeave: (name: PerilAmount) => void;
}

const AmountInput = memo(function AmountInput({ name, value, error, onChange, onLeave }: AmountInputProps) {
  return (
    <TextInput
      className="amount"
      label={text.risk.amounts[name]}
      value={value}
      inputMode="decimal"
      error={error}
      onBlur={() => onLeave(name)}
      onChange={(event) => onChange(name, event.currentTarget.value)}
    />
  );
});

interface LockedCoverProps {
  readonly definition: ExposureForm['perils'][number];
  readonly peril: PerilEntity;
  readonly amounts: readonly PerilAmount[];
  readonly premium: string;
}

function LockedCover({ definition, peril, amounts, premium }: LockedCoverProps) {
  return (
    <div className="cover">
      <div className="cover-line">
        <span className="cover-name">{definition.displayName}</span>
        <span className="cover-amounts">
          {amounts
            .flatMap((name) => (peril.amounts[name] ? [`${text.risk.amounts[name]} ${peril.amounts[name]}`] : []))
            .join(' · ')}
        </span>
        <span className="cover-premium">{premium}</span>
      </div>
      <LockedValues fields={definition.fields} entity={peril} />
    </div>
  );
}
