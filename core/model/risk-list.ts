import type { QuoteState } from './policy.ts';

/** Words of the list of risks (core/desk/SPEC.md), shared by the store's rows, the API and the screens. */

/** What a risk is: of an issued policy whether it stands, before that the state of its selected quote. */
export const RISK_STATES = [
  'draft',
  'quoted',
  'accepted',
  'declined',
  'discarded',
  'issued',
  'cancelled',
] as const satisfies readonly (QuoteState | 'issued' | 'cancelled')[];
export type RiskState = (typeof RISK_STATES)[number];

/** What is to be done with it next. */
export const RISK_STAGES = [
  'incomplete',
  'ready',
  'waiting',
  'quoted',
  'accepted',
  'declined',
  'issued',
  'cancelled',
  'discarded',
] as const;
export type RiskStage = (typeof RISK_STAGES)[number];

/** What the next step still needs. `rater`: a service that is away; `attention`: a person, after a re-rate that stopped. */
export const MISSING_CODES = ['policyholder', 'exposures', 'perils', 'rater', 'attention'] as const;
export type MissingCode = (typeof MISSING_CODES)[number];
