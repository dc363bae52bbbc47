import { type Deployed, productOf } from '#core/desk/configurations.ts';
import { type Desk, locatorOf } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import type { NearChange } from '#core/model/near-miss.ts';
import type { UnderwritingDecision } from '#core/model/policy.ts';
import type { FieldError, Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import type { Worksheet, WorksheetStep } from '#core/model/worksheet.ts';
import { scriptsBehind } from '#core/product/script-files.ts';
import { decodeText } from '#core/product/text.ts';
import { withChanges } from '#core/underwriting/near-miss/apply.ts';
import { type AskedRisk, adjustableInputs, decidingText } from '#core/underwriting/near-miss/inputs.ts';
import { searchNearest, type Verdict } from '#core/underwriting/near-miss/search.ts';
import { filledCreate } from './autofill.ts';
import { assignedFor } from './experiments.ts';
import { type Preview, previewRequest } from './preview.ts';
import { priceResponse } from './price-response.ts';

export interface NearestProposal {
  readonly changes: readonly NearChange[];
  readonly decision: 'accept';
  /** Premium, taxes and fees of the changed risk; absent when it could not be priced. */
  readonly total?: string;
  /** Its total minus the risk's own, with sign. */
  readonly difference?: string;
}
export interface Nearest {
  /** Absent where the product has no gate, or the risk could not be decided. */
  readonly decision?: UnderwritingDecision;
  readonly currency: string;
  readonly proposals: readonly NearestProposal[];
  /** How many changed risks were decided to find them. */
  readonly evaluations: number;
  /** Everything that may change was tried: nothing is nearer. */
  readonly exhausted: boolean;
  readonly fieldErrors: readonly FieldError[];
  readonly problem?: Problem;
}
export interface NearestLimits {
  readonly evaluations: number;
  /** Milliseconds. */
  readonly time: number;
}

const LIMITS: NearestLimits = { evaluations: 1_500, time: 8_000 };
/** Of a service outside, which is asked for every price. */
const MOST_ASKED_OUTSIDE = 30;
const MOST_PROPOSALS = 5;

/**
 * Finds the nearest changes of a risk that would be accepted (core/underwriting/near-miss/SPEC.md). Stores nothing; cancelled, it
 * answers what it has. Throws `not-found` for a product or version that is not there.
 */
export async function findNearest(
  desk: Desk,
  asked: AskedRisk,
  { signal, limits = LIMITS }: { readonly signal?: AbortSignal; readonly limits?: NearestLimits } = {},
): Promise<Nearest> {
  // The version that the risk is priced with, an arm of an experiment too (EX4).
  const { deployed } = await assignedFor(desk, asked.policy, asked.policyholder?.values ?? {});
  const { configuration } = deployed;
  const product = productOf(deployed, asked.policy.productName);
  const { currency } = configuration;
  const nothing = { currency, proposals: [], evaluations: 0, exhausted: true };
  const now = await previewRequest(desk, asked);
  const decision = now.underwriting?.decision;
  const unsearchable = decision === undefined || decision === 'accept' || now.fieldErrors.length > 0;
  if (unsearchable)
    return {
      ...nothing,
      ...(decision === undefined ? {} : { decision }),
      fieldErrors: now.fieldErrors,
      ...(now.problem ? { problem: now.problem } : {}),
    };

  const at = { configuration, product };
  const text = decidingText(sourcesOf(deployed, product));
  const outside = text.readsPrices && product.externalRater !== undefined;
  const filled = await filledRisk(desk, deployed, product, asked);
  const until = performance.now() + limits.time;
  const found = await searchNearest(adjustableInputs(filled, at, text), {
    before: verdictOf(now),
    most: outside ? Math.min(limits.evaluations, MOST_ASKED_OUTSIDE) : limits.evaluations,
    over: () => signal?.aborted === true || performance.now() >= until,
    async evaluate(changes) {
      const preview = await previewRequest(desk, withChanges(filled, changes, at), {
        worksheet: false,
        ...(text.readsPrices ? {} : { unpriced: true }),
      });
      return preview.underwriting && preview.fieldErrors.length === 0 ? verdictOf(preview) : undefined;
    },
  });

  const proposals: NearestProposal[] = [];
  for (const changes of found.accepted) {
    if (proposals.length === MOST_PROPOSALS || signal?.aborted) break;
    const proposal = proven(changes, now, await previewRequest(desk, withChanges(asked, changes, at)));
    if (proposal) proposals.push(proposal);
  }
  return { currency, decision, proposals, evaluations: found.evaluations, exhausted: found.exhausted, fieldErrors: [] };
}

/** Autofill is asked once: while searching, nobody outside is (N22). */
async function filledRisk(desk: Desk, deployed: Deployed, product: Product, asked: AskedRisk): Promise<AskedRisk> {
  const filled = await filledCreate(desk, { deployed, product, policyholderLocator: locatorOf(desk) }, asked.policy);
  return { ...asked, policy: { ...(filled?.request ?? asked.policy), autofill: [] } };
}

/** The text of what decides: the guidelines, or the plugin with all that it requires. */
function sourcesOf({ configuration }: Deployed, product: Product): readonly string[] {
  const plugin = product.plugins.getUnderwritingResult;
  if (plugin?.enabled) return scriptsBehind(configuration.scripts, plugin.path);
  const bytes = product.guidelinesFile === undefined ? undefined : configuration.files.get(product.guidelinesFile);
  return bytes ? [decodeText(bytes).text] : [];
}

function verdictOf({ underwriting }: Preview): Verdict {
  return {
    accepted: underwriting?.decision === 'accept',
    outcome: JSON.stringify([underwriting?.decision, underwriting?.notes]),
  };
}

/** A proposal as a whole, priced and decided; undefined when it does not hold (N20). */
function proven(changes: readonly NearChange[], before: Preview, after: Preview): NearestProposal | undefined {
  if (after.underwriting?.decision !== 'accept' || after.fieldErrors.length > 0) return undefined;
  const known = new Set(missedRows(before.worksheet));
  if (missedRows(after.worksheet).some((row) => !known.has(row))) return undefined;
  const [old, total] = [before, after].map(({ quote }) => (quote ? priceResponse(quote).total : undefined));
  if (total === undefined || after.quote === undefined) return { changes, decision: 'accept' };
  if (old === undefined) return { changes, decision: 'accept', total };
  const decimals = currencyDecimals(after.quote.currency);
  return { changes, decision: 'accept', total, difference: moneyText(new Decimal(total).minus(old), decimals) };
}

/** Table rows that pricing looked for in vain. */
function missedRows(worksheet: Worksheet | undefined): readonly string[] {
  const missed = (steps: readonly WorksheetStep[]): readonly string[] =>
    steps.flatMap((step) => {
      if (step.kind === 'section') return missed(step.steps);
      return step.kind === 'lookup' && !step.found ? [JSON.stringify([step.table, step.keys])] : [];
    });
  return missed(worksheet?.steps ?? []);
}
