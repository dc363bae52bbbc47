import * as z from 'zod';
import { parseDecimal } from '#core/model/decimal.ts';

/** A timestamp as plugins answer it: milliseconds as a number or as text. */
export const pluginTime = z.union([z.number(), z.string()]).transform((value, context) => {
  const number = parseDecimal(value);
  if (number && Math.abs(number.toNumber()) <= 8.64e15) return Math.round(number.toNumber());
  context.addIssue({ code: 'custom', message: `${JSON.stringify(value)} is no time in milliseconds` });
  return z.NEVER;
});
