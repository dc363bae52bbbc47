import * as z from 'zod';

const amount = z.union([z.string(), z.number()]).transform(String);
const shared = {
  description: z.string().default(''),
  /** What is measured (PT12). */
  of: z
    .string()
    .regex(/^(premium|total|perils\.[^.\s]+)$/, 'it is "premium", "total" or "perils.<name>"')
    .default('premium'),
  /** Fields of every sampled risk, named as in a book: `policy.region`, `vehicle[0].age`. */
  given: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  samples: z.int().min(1).max(10_000).default(50),
  seed: z.union([z.string(), z.number()]).transform(String).default('1'),
  /** The day on which the risks are quoted: dates relative to now count from it. */
  day: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'it is a day: 2026-01-01')
    .default('2026-01-01'),
};
const sweep = {
  field: z.string(),
  values: z
    .array(z.union([z.string(), z.number()]).transform(String))
    .min(2)
    .max(500)
    .optional(),
  from: z.number().optional(),
  to: z.number().optional(),
  step: z.number().positive().optional(),
};

/** A property of a product (`tests/*.property.json`, SPEC.md PT9 to PT13). */
export const PropertyFile = z.discriminatedUnion('law', [
  z.strictObject({
    law: z.literal('monotone'),
    ...shared,
    ...sweep,
    direction: z.enum(['increasing', 'decreasing']),
  }),
  z.strictObject({ law: z.literal('noJump'), ...shared, ...sweep, percent: amount }),
  z.strictObject({ law: z.literal('bounds'), ...shared, minimum: amount.optional(), maximum: amount.optional() }),
]);
export type PropertyFile = z.output<typeof PropertyFile>;

/** The law in words, as reports and the screen say it. */
export function lawInWords(property: PropertyFile): string {
  const { of } = property;
  const what = of === 'premium' ? 'premium' : of === 'total' ? 'total' : `premium of ${of.slice('perils.'.length)}`;
  switch (property.law) {
    case 'monotone':
      return `${what} never ${property.direction === 'increasing' ? 'falls' : 'rises'} as ${property.field} goes up`;
    case 'noJump':
      return `${what} moves by at most ${property.percent} % between neighbours of ${property.field}`;
    case 'bounds':
      return `${what} is ${[
        property.minimum === undefined ? '' : `at least ${property.minimum}`,
        property.maximum === undefined ? '' : `at most ${property.maximum}`,
      ]
        .filter(Boolean)
        .join(' and ')}`;
  }
}
