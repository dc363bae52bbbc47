import { Group, Text, TextInput, Title } from '@mantine/core';
import type { PricePreview, ProductForm } from '#core/api/contract.ts';
import { dayOf } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { EntityForm } from './entity-form.tsx';
import { Exposures } from './exposures.tsx';
import type { Risk } from './use-risk.ts';

interface DetailsTabProps {
  readonly product: ProductForm;
  readonly risk: Risk;
  readonly preview: PricePreview | undefined;
}

/** Everything that is asked about a risk: policyholder, period, the policy's own fields, what is insured against what. */
export function DetailsTab({ product, risk, preview }: DetailsTabProps) {
  const { form, setForm, editable, errorOf, leave } = risk;
  return (
    <>
      <section aria-label={text.risk.policyholder}>
        <Title order={2}>{text.risk.policyholder}</Title>
        <EntityForm
          fields={product.policyholderFields}
          entity={form.policyholder}
          lookups={product.lookups}
          disabled={!editable}
          errorOf={(field) => errorOf('policyholder', field)}
          onLeave={(field) => leave('policyholder', field)}
          onChange={(policyholder) => setForm({ ...form, policyholder })}
        />
      </section>
      <section aria-label={text.risk.period}>
        <Title order={2}>{text.risk.period}</Title>
        {editable ? (
          <Group gap="md">
            <TextInput
              type="date"
              label={text.risk.start}
              value={form.start}
              error={errorOf('', 'policyStartTimestamp')}
              onChange={(event) => setForm({ ...form, start: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={text.risk.end}
              value={form.end}
              error={errorOf('', 'policyEndTimestamp')}
              onChange={(event) => setForm({ ...form, end: event.currentTarget.value })}
            />
          </Group>
        ) : (
          <Text size="sm">
            {dayOf(form.start)} – {dayOf(form.end)}
          </Text>
        )}
      </section>
      {product.fields.length > 0 ? (
        <section aria-label={text.risk.details}>
          <Title order={2}>{text.risk.details}</Title>
          <EntityForm
            fields={product.fields}
            entity={form.policy}
            lookups={product.lookups}
            disabled={!editable}
            errorOf={(field) => errorOf('', field)}
            onLeave={(field) => leave('', field)}
            onChange={(policy) => setForm({ ...form, policy })}
          />
        </section>
      ) : null}
      <Exposures
        product={product}
        exposures={form.exposures}
        disabled={!editable}
        preview={preview}
        errorOf={errorOf}
        onLeave={leave}
        onChange={(exposures) => setForm({ ...form, exposures })}
      />
    </>
  );
}
