import type { Desk } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import { type WorksheetDifference, worksheetDifference } from '#core/model/worksheet-difference.ts';
import { explainRisk } from '../rating/rate-risk.ts';
import { ratingCase } from '../rating/slow.ts';
import { riskAt } from './books.ts';
import { changesInTurn, type Impact, programOf } from './impact.ts';
import type { Side } from './sides.ts';

/** One risk of a run on one side, with how its price came about. */
export interface ExplainedRisk {
  /** Premium, taxes and fees, decimal text; absent where it has no price. */
  readonly total?: string;
  readonly problem?: string;
  readonly worksheet?: Worksheet;
}
export interface RiskImpact {
  readonly index: number;
  readonly key: string;
  readonly before: ExplainedRisk;
  readonly after: ExplainedRisk;
  readonly difference?: WorksheetDifference;
  /** Where the worksheets alone can not tell several values apart: the same difference by the files that made it. */
  readonly byFile?: readonly { readonly name: string; readonly difference: string }[];
}

/** Prices one risk of a run again on both sides, with its worksheets, at the clock and with the seed of the run (IM15). Throws `not-found`. */
export async function explainImpact(desk: Desk, impact: Impact, index: number): Promise<RiskImpact> {
  const { book, sides, product } = impact;
  const { text, line } = await riskAt(book.source, index);
  const explained = async (side: Pick<Side, 'configuration' | 'version'>): Promise<ExplainedRisk> => {
    const { configuration } = side;
    const rating = ratingCase(programOf(book, side, product));
    const context = { ...rating.context, worksheet: true };
    try {
      const priced = await explainRisk(desk, { ...rating, context }, text);
      if (!priced.ok)
        return { problem: priced.problem.message, ...(priced.worksheet ? { worksheet: priced.worksheet } : {}) };
      const { grossPremium, grossTaxes, grossFees, worksheet } = priced;
      const total = new Decimal(grossPremium)
        .plus(grossTaxes)
        .plus(grossFees)
        .toFixed(currencyDecimals(configuration.currency));
      return { total, ...(worksheet ? { worksheet } : {}) };
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'internal') throw error;
      return { problem: error.message };
    }
  };
  const [before, after] = await Promise.all([explained(sides.before), explained(sides.after)]);
  const difference =
    before.total !== undefined && after.total !== undefined && before.worksheet && after.worksheet
      ? worksheetDifference(before.worksheet, after.worksheet)
      : undefined;
  const byFile = difference?.steps.some(({ kind }) => kind === 'together')
    ? await differencesByFile(impact, { before, after }, explained)
    : undefined;
  return {
    index,
    key: book.resident.keys[index] ?? String(line),
    before,
    after,
    ...(difference ? { difference } : {}),
    ...(byFile ? { byFile } : {}),
  };
}

/** The changed files put in one after another, for this risk; undefined where it has no price on the way. */
async function differencesByFile(
  { sides, product }: Impact,
  ends: { readonly before: ExplainedRisk; readonly after: ExplainedRisk },
  explained: (side: Pick<Side, 'configuration' | 'version'>) => Promise<ExplainedRisk>,
): Promise<RiskImpact['byFile']> {
  const steps: { name: string; difference: string }[] = [];
  let last = ends.before.total;
  for await (const { name, configuration } of changesInTurn(
    sides.before.configuration,
    sides.after.configuration,
    product,
  )) {
    const { total } = configuration ? await explained({ ...sides.before, configuration }) : ends.after;
    if (total === undefined || last === undefined) return undefined;
    steps.push({ name, difference: new Decimal(total).minus(last).toFixed() });
    last = total;
  }
  return steps;
}
