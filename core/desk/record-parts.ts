import * as z from 'zod';

/** What the records have in common. Times are milliseconds, amounts are text with the currency's decimals. */
export const millis = z.int();
export const amount = z.string();
export const values = z.record(z.string(), z.array(z.string()).readonly()).readonly();
export const fields = { fieldValues: values, fieldGroupsByLocator: z.record(z.string(), values).readonly() };
