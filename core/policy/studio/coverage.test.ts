import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '#core/product/load.ts';
import { decodeText } from '#core/product/text.ts';
import { emptyFields, fieldsUsed } from './coverage.ts';

describe('what a document may print nothing for (ST22)', () => {
  it('knows the fields that a template reads', () => {
    const template = `{%- assign answers = data.policy.characteristics.last.field_values -%}
      {{ answers.channel }} {{ data.policyholder.entity.values["email"] }} {% if vehicle.field_values.plate %}x{% endif %}
      {{ exposure.name }} values.outside {{ "answers.inside" | upcase }}`;
    expect([...fieldsUsed(template)].sort()).toEqual(['channel', 'email', 'inside', 'plate']);
  });

  it('counts the samples without them, and says which is the first', async () => {
    const folder = path.resolve(import.meta.dirname, '../../../examples/personal-auto');
    const configuration = await loadConfiguration({ folder });
    const [product] = configuration.products;
    if (!product) throw new Error('no product');
    const options = { seed: 'studio', count: 12, now: 0 };
    const template = decodeText(configuration.files.get(product.templates.quote ?? '') ?? new Uint8Array()).text;
    const empty = emptyFields(template, { configuration, product }, options);
    for (const { empty: count, first } of empty) {
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(12);
      expect(first).toBeLessThan(12);
    }
    // What everybody has to give is never empty, and what the template does not name is not its business.
    const required = '{{ data.policy.characteristics.last.field_values.channel }}';
    expect(emptyFields(required, { configuration, product }, options)).toEqual([]);
    const optional = '{{ data.policy.characteristics.last.field_values.suspension_reason }}';
    expect(emptyFields(optional, { configuration, product }, options)).toMatchObject([{ field: 'suspension_reason' }]);
  });
});
