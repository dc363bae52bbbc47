import { Checkbox, TextInput } from '@mantine/core';
import type { ExposureForm, ProductForm } from '#core/api/contract.ts';
import type { PerilAmount } from '#core/model/product.ts';
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
  if (!definition) return null;
  const amounts = Object.keys(definition.amounts) as PerilAmount[];
  if (disabled)
    return peril.included ? (
      <LockedCover definition={definition} peril={peril} amounts={amounts} premium={premium} />
    ) : null;
  return (
    <div className="cover">
      <div className="cover-line">
        <Checkbox
          className="cover-name"
          label={definition.displayName}
          checked={peril.included}
          onChange={(event) => onChange({ ...peril, included: event.currentTarget.checked })}
        />
        <div className="cover-amounts">
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
