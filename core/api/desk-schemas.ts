import * as z from 'zod';
import { RISK_STAGES, RISK_STATES } from '#core/model/risk-list.ts';
import { RISK_ORDERS } from '#core/store/risk-contract.ts';
import type { SettingName } from './contracts/desk.ts';

/** Requests of the desk: the list of risks, search, and what a person set up for themselves. */

export const MOST_ROWS = 500;
const MOST_TEXT = 200;

/** `a,b,c` as a list of words of a closed set. */
const listOf = <T extends z.ZodType<string, string>>(word: T) =>
  z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(word).max(100))
    .optional();
const whole = z.coerce.number().int().nonnegative();
const millis = z.coerce.number().int().optional();
/** A calendar day in the tenant's zone. */
const day = z.iso.date().optional();
const decimal = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,6})?$/, 'it must be a decimal number such as 1250.50')
  .transform(Number)
  .optional();

export const RiskListQuery = z.strictObject({
  q: z.string().max(MOST_TEXT).optional(),
  stage: listOf(z.enum(RISK_STAGES)),
  state: listOf(z.enum(RISK_STATES)),
  product: listOf(z.string().max(MOST_TEXT)),
  decision: listOf(z.enum(['accept', 'reject', 'none'])),
  from: day,
  to: day,
  endsFrom: millis,
  endsTo: millis,
  premiumFrom: decimal,
  premiumTo: decimal,
  locator: listOf(z.string().max(MOST_TEXT)),
  sort: z
    .string()
    .regex(new RegExp(`^-?(${RISK_ORDERS.join('|')})$`), `it must be one of ${RISK_ORDERS.join(', ')}, or -…`)
    .default('-updated'),
  offset: whole.default(0),
  limit: whole.max(MOST_ROWS, `at most ${MOST_ROWS} rows are given at once`).default(100),
});
export const BoardQuery = z.strictObject({ limit: whole.max(50).default(20) });
export const SearchQuery = z.strictObject({
  q: z.string().max(MOST_TEXT).default(''),
  limit: whole.min(1).max(50).default(6),
});

const name = z.string().trim().min(1).max(100);
const sort = RiskListQuery.shape.sort;
const columns = z.array(z.string().max(40)).max(30);
const filters = z.strictObject({
  q: z.string().max(MOST_TEXT).optional(),
  stage: z.array(z.enum(RISK_STAGES)).max(20).optional(),
  state: z.array(z.enum(RISK_STATES)).max(20).optional(),
  product: z.array(z.string().max(MOST_TEXT)).max(100).optional(),
  decision: z.array(z.string().max(20)).max(5).optional(),
  from: day,
  to: day,
});

/** Each setting by its name: nothing else is kept. */
export const SETTINGS = {
  views: z.strictObject({
    views: z.array(z.strictObject({ id: z.string().min(1).max(60), name, filters, sort, columns })).max(100),
  }),
  pinned: z.strictObject({ risks: z.array(z.string().min(1).max(60)).max(100) }),
  display: z.strictObject({ mode: z.enum(['board', 'list']), columns }),
} as const satisfies Record<SettingName, z.ZodType>;
