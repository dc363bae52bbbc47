import type { Deployed } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type { Charge } from '#core/model/charge.ts';
import { currencyDecimals } from '#core/model/money.ts';
import type { AutomatedUnderwritingResultResponse, PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import type { Insured, RowPrice, Timeline } from '#core/model/timeline/contract.ts';
import { type Effect, effectOf } from '#core/model/timeline/history.ts';
import { chargesOf, type Gross, grossOf } from '#core/model/timeline/money.ts';
import { type Application, inEffectiveOrder, type Replayed, replay } from '#core/model/timeline/replay.ts';
import type { Operation, Worksheet, WorksheetStep } from '#core/model/worksheet.ts';
import type { PricingInput, PricingPorts, PricingResult } from '#core/pricing/contract.ts';
import { type ApplicationInput, priceApplication } from '#core/pricing/price-application.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { underwrite } from '#core/underwriting/underwrite.ts';
import { guestReader } from '../guest-reader.ts';
import { modificationsOf, type PolicyView, policyResponse, stampsOf, timelineResponse } from '../responses.ts';
import type { Stamps } from '../timeline-response.ts';
import { withWorksheet } from '../worksheet-problem.ts';
import { derivedLocator, feeProration, type History, transactionOf } from './history.ts';

/** A transaction to be worked out on the issued history of its policy. */
export interface Pending {
  readonly view: PolicyView;
  readonly history: History;
  readonly record: TransactionRecord;
  readonly deployed: Deployed;
  readonly product: Product;
  readonly policyholder: PolicyholderResponse;
  readonly ports: PricingPorts;
  /** Only its amounts are wanted: nothing is underwritten. */
  readonly undecided?: boolean;
  /** Nobody has made the transaction yet: raters are told no locator of it (the seed: legacy previews). */
  readonly unsaved?: boolean;
}
/** What a transaction does to its policy: rows, amounts, charges and the decision. */
export interface WorkedOut {
  readonly effect: Effect;
  readonly replayed: Replayed;
  readonly recorded: Timeline;
  readonly charges: readonly Charge[];
  readonly gross: { readonly before: Gross; readonly after: Gross };
  readonly underwriting?: AutomatedUnderwritingResultResponse;
  readonly pricingSheet?: Worksheet;
  readonly underwritingSheet?: Worksheet;
  readonly auxData: Extract<PricingResult, { ok: true }>['auxData'];
  /** Later transactions that were applied again, in their order (TL2). */
  readonly reapplied: readonly string[];
  /** What it or later transactions were about and is no longer there (TL22). */
  readonly fallenAway: readonly { readonly transaction: string; readonly path: string }[];
  /** Transactions of which nothing comes: the policy covers nothing at their time. */
  readonly withoutEffect: readonly string[];
  readonly insured: Insured;
}
/**
 * Replays the policy with a transaction in its place: what has no amounts yet is priced, and everything that is priced is
 * underwritten as it stands right after it (the seed: before it becomes quoted). Nothing is saved.
 * @param check says what is wrong with what is insured after a transaction was applied again on other ground
 * Throws the engines' problems with the worksheet up to there, and what `check` throws.
 */
export async function workOut(
  desk: Desk,
  pending: Pending,
  context: RunContext,
  check: (insured: Insured, transaction: string) => void = () => {},
): Promise<WorkedOut> {
  const { history, record } = pending;
  const resolutions = [...history.resolutions, ...record.resolutions];
  const own = transactionOf(record, history.issued);
  const run = replay({
    transactions: [...history.transactions, own],
    resolutions,
    results: history.results,
    cause: own.locator,
    locatorFor: derivedLocator,
  });
  const pricing: WorksheetStep[] = [];
  const deciding: WorksheetStep[] = [];
  let sheets: { pricing?: Worksheet; deciding?: Worksheet } = {};
  const auxData: WorkedOut['auxData'][number][] = [];
  const decisions: AutomatedUnderwritingResultResponse[] = [];
  const ordered = inEffectiveOrder([...history.transactions, own]).map(({ locator }) => locator);
  const stamps = stampsAt(pending, ordered, context.clock);
  let step = run.next();
  while (!step.done) {
    const application = step.value;
    const again = application.transaction.locator !== own.locator;
    const about = again
      ? history.issued.find(({ modification }) => modification === application.transaction.locator)
      : record;
    if (!about)
      throw new Problem('internal', `The transaction ${application.transaction.locator} can not be priced again.`);
    const running = again && about.run ? { ...about.run, worksheet: context.worksheet } : context;
    const policy = (found?: Readonly<Record<string, RowPrice>>): PolicyResponse =>
      enginePolicy(pending, application, ordered, stamps, found);
    if (application.kind === 'price') {
      check(application.insured, about.locator);
      const priced = await priceApplication(
        applicationInput(pending, about, application, running, policy),
        pending.ports,
      );
      pricing.push(...titled(about, again, priced.worksheet?.steps ?? []));
      if (priced.worksheet) sheets = { ...sheets, pricing: { ...priced.worksheet, steps: pricing } };
      if (!priced.ok) throw withWorksheet(priced.problem, sheets.pricing);
      auxData.push(...priced.auxData);
      step = run.next(priced.result);
      continue;
    }
    if (isUnderwritten(about) && pending.undecided !== true) {
      const decided = await decide(desk, pending, about, policy(), running);
      deciding.push(...titled(about, again, decided.worksheet?.steps ?? []));
      if (decided.worksheet) sheets = { ...sheets, deciding: { ...decided.worksheet, steps: deciding } };
      if (!decided.ok) throw withWorksheet(decided.problem, sheets.deciding);
      if (decided.result) decisions.push(decided.result);
    }
    step = run.next(undefined);
  }
  return outcome(pending, own.locator, step.value, { sheets, auxData, decisions });
}

function outcome(
  { history, record, view }: Pending,
  own: string,
  replayed: Replayed,
  made: {
    readonly sheets: { readonly pricing?: Worksheet; readonly deciding?: Worksheet };
    readonly auxData: WorkedOut['auxData'];
    readonly decisions: readonly AutomatedUnderwritingResultResponse[];
  },
): WorkedOut {
  refuseWithoutEffect(record, replayed, own);
  const caused = replayed.applied.filter(({ result }) => result.cause === own);
  const results = Object.fromEntries(caused.map(({ transaction, result }) => [transaction.locator, result]));
  const effect = effectOf(
    own,
    history.timeline,
    replayed.timeline,
    { results, resolutions: record.resolutions },
    (locator) => derivedLocator(own, locator),
  );
  const decimals = currencyDecimals(view.quote.currency);
  const underwriting = combined(made.decisions);
  return {
    effect,
    replayed,
    recorded: history.timeline,
    charges: chargesOf(effect, history.timeline),
    gross: { before: grossOf(history.timeline, decimals), after: grossOf(replayed.timeline, decimals) },
    ...(underwriting ? { underwriting } : {}),
    ...(made.sheets.pricing ? { pricingSheet: made.sheets.pricing } : {}),
    ...(made.sheets.deciding ? { underwritingSheet: made.sheets.deciding } : {}),
    auxData: made.auxData,
    reapplied: caused
      .filter(({ transaction }) => transaction.locator !== own)
      .map(({ transaction }) => transaction.locator),
    fallenAway: replayed.applied.flatMap(({ transaction, work }) =>
      work.void.map((path) => ({ transaction: transaction.locator, path })),
    ),
    withoutEffect: replayed.applied.filter(({ work }) => work.none).map(({ transaction }) => transaction.locator),
    insured: replayed.making.insured,
  };
}

/** Since it was drafted the policy may have been cancelled at its time, or brought back: then nothing comes of it. */
function refuseWithoutEffect(record: TransactionRecord, { applied }: Replayed, own: string): void {
  if (!applied.some(({ transaction, work }) => transaction.locator === own && work.none)) return;
  throw new Problem(
    'wrong-state',
    `The ${record.kind} ${record.locator} would have no effect: the policy is ${record.kind === 'reinstatement' ? 'not cancelled by its cancellation any more' : 'not covered at its effective time'}.`,
    { place: { locator: record.locator } },
  );
}

/** A section of its own for every transaction that is applied again: whose amounts they are must be plain. */
function titled(about: TransactionRecord, again: boolean, steps: readonly WorksheetStep[]): readonly WorksheetStep[] {
  if (!again) return steps;
  return [
    {
      kind: 'section',
      title: `Applied again: ${about.name || about.kind} ${about.locator}`,
      locator: about.modification,
      steps,
    },
  ];
}

const OPERATIONS: Readonly<Record<TransactionRecord['kind'], Operation>> = {
  endorsement: 'endorsement',
  renewal: 'renewal',
  reinstatement: 'reinstatement',
  cancellation: 'endorsement',
  withdrawal: 'endorsement',
  fees: 'endorsement',
};

/** The seed: new business, endorsements, renewals and reinstatements are underwritten before they are quoted. */
function isUnderwritten({ kind }: TransactionRecord): boolean {
  return kind === 'endorsement' || kind === 'renewal' || kind === 'reinstatement';
}

function applicationInput(
  { deployed, product, policyholder, view, record, unsaved }: Pending,
  about: TransactionRecord,
  application: Application,
  context: RunContext,
  policy: ApplicationInput['policy'],
): ApplicationInput {
  const schedule = about.newPaymentScheduleName ?? view.quote.paymentScheduleName;
  return {
    configuration: deployed.configuration,
    product,
    policyholder,
    application,
    operation: OPERATIONS[about.kind],
    prorationOperation: about.kind === 'fees' ? 'endorsement' : about.kind,
    policy,
    context,
    locators: unsaved && about === record ? {} : locatorsOf(about),
    revision: deployed.record.commit,
    ...(schedule === undefined ? {} : { paymentScheduleName: schedule }),
    locatorFor: derivedLocator,
    feeProration: (name) => feeProration(product, name),
  };
}

/** The locators that a rater is told (seed, External Rater). */
function locatorsOf(about: TransactionRecord): NonNullable<PricingInput['locators']> {
  return {
    ...(about.kind === 'endorsement' ? { endorsementLocator: about.locator } : {}),
    ...(about.kind === 'renewal' ? { renewalLocator: about.locator } : {}),
    ...(about.kind === 'reinstatement' ? { reinstatementLocator: about.locator } : {}),
    ...(about.newPaymentScheduleName === undefined ? {} : { newPaymentScheduleName: about.newPaymentScheduleName }),
  };
}

/** Times of what was issued, and of the transaction that is being worked out: its own clock. In the order of application. */
function stampsAt(
  { view, history, record }: Pending,
  ordered: readonly string[],
  clock: number,
): ReadonlyMap<string, Stamps> {
  const stamps = stampsOf(view.policy, view.quote, history.issued);
  stamps.set(record.modification, { createdAt: record.createdAt, updatedAt: clock, replaced: clock });
  return new Map(
    ordered.flatMap((locator) => {
      const own = stamps.get(locator);
      return own ? [[locator, own] as const] : [];
    }),
  );
}

/** The policy as the engines see it, with the pending changes: nothing in it that is not the transaction's own or before it. */
function enginePolicy(
  { view, history }: Pending,
  { timeline, transaction }: Application,
  ordered: readonly string[],
  stamps: ReadonlyMap<string, Stamps>,
  found?: Readonly<Record<string, RowPrice>>,
): PolicyResponse {
  const still = { ...view, policy: { ...view.policy, updatedAt: view.policy.createdAt }, invoices: [], documents: [] };
  const { quoteSummary: _, ...policy } = timelineResponse(still, { timeline, stamps, ...(found ? { found } : {}) });
  const before = new Set(ordered.slice(0, ordered.indexOf(transaction.locator)));
  const issued = history.issued.filter(({ modification }) => before.has(modification));
  return { ...policy, modifications: modificationsOf(still, issued, history.timeline) };
}

function decide(desk: Desk, pending: Pending, about: TransactionRecord, policy: PolicyResponse, context: RunContext) {
  const { deployed, product, policyholder } = pending;
  return underwrite(
    {
      configuration: deployed.configuration,
      product,
      operation: OPERATIONS[about.kind],
      policy,
      policyholder,
      context,
    },
    { sandbox: desk.sandbox, reader: guestReader(desk) },
  );
}

/** Reject over none over accept, notes one after the other (formats §4.1): a back-dated change must be right at every moment. */
function combined(
  decisions: readonly AutomatedUnderwritingResultResponse[],
): AutomatedUnderwritingResultResponse | undefined {
  const [first] = decisions;
  if (!first) return undefined;
  const decision =
    (['reject', 'none'] as const).find((worse) => decisions.some((one) => one.decision === worse)) ?? 'accept';
  return { ...first, decision, notes: [...new Set(decisions.flatMap(({ notes }) => notes))] };
}

/** The policy as it will be once the transaction is issued. @param at when it would be, milliseconds */
export function policyWhenIssued({ view, history, record }: Pending, worked: WorkedOut, at: number): PolicyResponse {
  const { effect, gross } = worked;
  const order = history.issued.length + 1;
  const issued: TransactionRecord = { ...record, state: 'issued', issuedAt: at, order, effect, gross };
  const others = view.transactions.filter(({ locator }) => locator !== record.locator);
  return policyResponse({ ...view, transactions: [...others, issued] });
}
