import { bookInText } from '#core/lab/impact/books.ts';
import type { Measure } from '#core/lab/impact/comparison.ts';
import { decideImpact } from '#core/lab/impact/decisions.ts';
import { amountText } from '#core/lab/impact/exact.ts';
import { attributeImpact, type Impact, solveImpact } from '#core/lab/impact/impact.ts';
import { reportWorkbook } from '#core/lab/impact/report-excel.ts';
import { printReport } from '#core/lab/impact/report-pdf.ts';
import { resultOf, type View } from '#core/lab/impact/result.ts';
import { explainImpact } from '#core/lab/impact/risk.ts';
import { type ImpactRuns, openImpactRuns, type RunRequest } from '#core/lab/impact/runs.ts';
import type { LabJobs } from '#core/lab/jobs.ts';
import { currencyDecimals } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import { workingCopies } from '#core/policy/studio/working-copy.ts';
import type {
  ImpactAttribution,
  ImpactDecisions,
  ImpactResult,
  ImpactRisk,
  ImpactRun,
  ImpactSolution,
  SolveImpact,
  StartImpact,
} from '../contracts/lab-impact.ts';
import type { LabJob } from '../contracts/lab-jobs.ts';
import type { Door } from '../door.ts';
import { fileResponse } from '../files.ts';
import { ImpactMeasure, ImpactSolve, ImpactStart } from '../lab-impact-schemas.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Pricing lab: impact';
const VIEW = {
  taxes: '`true`: with taxes',
  fees: '`true`: with fees',
  edges: 'of the bands, percent, separated by commas; default -20,-10,-5,0,5,10,20',
  top: 'winners and losers, default 10, at most 1,000',
  movers: '`amount` (default) or `percent`',
  by: 'a field of the book',
  and: 'a second field',
  cap: 'most rise of a risk, percent',
  floor: 'most fall of a risk, percent',
};

/** Impacts of a change on a book. They live in memory: closing the workbench forgets them. */
export function labImpactResources(door: Door, jobs: LabJobs): Pick<ImpactRuns, 'close'> {
  const runs = openImpactRuns(door.desk, workingCopies(door.desk));
  running(door, runs);
  reading(door, runs);
  asking(door, runs, jobs);
  deciding(door, runs, jobs);
  return runs;
}

function running(door: Door, runs: ImpactRuns): void {
  door.on(
    {
      method: 'post',
      path: '/api/lab/impact/runs',
      tag,
      summary: 'Rate a book before and after a change; nothing is stored',
      body: ImpactStart,
      answer: 'ImpactRun',
    },
    ({ body }): ImpactRun => runs.start(requestOf(body as StartImpact)),
  );
  door.on(
    {
      method: 'get',
      path: '/api/lab/impact/runs/:id',
      tag,
      summary: 'How far a run is',
      query: { wait: 'milliseconds, at most 10,000: answer when it ended, at the latest then' },
      answer: 'ImpactRun',
    },
    ({ param, query }): Promise<ImpactRun> =>
      runs.status(param('id'), Math.min(10_000, numberIn(query('wait'), 'wait') ?? 0)),
  );
  door.on(
    { method: 'delete', path: '/api/lab/impact/runs/:id', tag, summary: 'End a run', answer: 'ImpactRun' },
    ({ param }): Promise<ImpactRun> => {
      runs.cancel(param('id'));
      return runs.status(param('id'), 1_000);
    },
  );
}

function reading(door: Door, runs: ImpactRuns): void {
  door.on(
    {
      method: 'get',
      path: '/api/lab/impact/runs/:id/result',
      tag,
      summary: 'Histogram, bands, winners and losers, fields',
      query: VIEW,
      answer: 'ImpactResult',
    },
    ({ param, query }): ImpactResult => resultOf(runs.result(param('id')), viewOf(query)),
  );
  door.on(
    {
      method: 'get',
      path: '/api/lab/impact/runs/:id/risks/:index',
      tag,
      summary: 'One risk with both worksheets and their difference',
      answer: 'ImpactRisk',
    },
    ({ desk, param }): Promise<ImpactRisk> =>
      explainImpact(desk, runs.result(param('id')), wholeNumber(param('index'), 'index')),
  );
  door.on(
    {
      method: 'get',
      path: '/api/lab/impact/runs/:id/report',
      tag,
      summary: 'The result as a report',
      query: { format: '`xlsx`, `pdf` or `json`', title: 'of the report', ...VIEW },
      answer: 'a file',
    },
    async ({ desk, param, query }) => {
      const impact = runs.result(param('id'));
      const result = resultOf(impact, viewOf(query));
      const report = { title: query('title') || 'Impact of a rate change', product: impact.product, at: desk.now() };
      switch (query('format')) {
        case 'xlsx':
          return fileResponse(await reportWorkbook(result, report), 'impact.xlsx', XLSX);
        case 'pdf':
          return fileResponse(await printReport(desk, result, report), 'impact.pdf', 'application/pdf');
        case 'json':
          return result;
        default:
          throw new Problem('malformed-request', 'The format is xlsx, pdf or json.', { place: { field: 'format' } });
      }
    },
  );
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

function asking(door: Door, runs: ImpactRuns, jobs: LabJobs): void {
  door.on(
    {
      method: 'post',
      path: '/api/lab/impact/runs/:id/solve',
      tag,
      summary: 'The factor for a wanted change of the whole book, as a job; its result is an ImpactSolution',
      body: ImpactSolve,
      answer: 'LabJob',
    },
    ({ body, param }): LabJob => {
      const impact = runs.result(param('id'));
      const { percent, on, taxes = false, fees = false }: SolveImpact = body;
      return jobs.start(async (control): Promise<ImpactSolution> => {
        const asked = { percent, on, measure: { taxes, fees } };
        const { target, reached, residual, ...solution } = await solveImpact(impact, asked, control);
        const money = amountsOf(impact);
        return { ...solution, target: money(target), reached: money(reached), residual: money(residual) };
      });
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/impact/runs/:id/attribution',
      tag,
      summary: 'What of the change comes from which file, as a job; its result is an ImpactAttribution',
      body: ImpactMeasure,
      answer: 'LabJob',
    },
    ({ body, param }): LabJob => {
      const impact = runs.result(param('id'));
      return jobs.start(async (control): Promise<ImpactAttribution> => {
        const { steps, ...counted } = await attributeImpact(impact, body, control);
        const money = amountsOf(impact);
        return {
          steps: steps.map(({ name, before, after, share }) => ({
            name,
            before: money(before),
            after: money(after),
            difference: money(after - before),
            share,
          })),
          ...counted,
        };
      });
    },
  );
}

function deciding(door: Door, runs: ImpactRuns, jobs: LabJobs): void {
  door.on(
    {
      method: 'post',
      path: '/api/lab/impact/runs/:id/decisions',
      tag,
      summary: 'Which decisions of the rules change, as a job; its result is an ImpactDecisions',
      answer: 'LabJob',
    },
    ({ param }): LabJob => {
      const impact = runs.result(param('id'));
      return jobs.start(async (control): Promise<ImpactDecisions> => {
        const { changed, ...counted } = await decideImpact(impact, control);
        return { ...counted, changed: { count: changed.length, first: changed.slice(0, MOST_CHANGED) } };
      });
    },
  );
}
const MOST_CHANGED = 1_000;

function amountsOf({ rated }: Impact): (cents: bigint) => string {
  const decimals = currencyDecimals(rated.before.currency);
  return (cents) => amountText(cents, decimals);
}

function requestOf({ book, ...request }: StartImpact): RunRequest {
  if (book.kind !== 'file') return { ...request, book };
  const { name, format, content, columns, constants } = book;
  const map = { ...(columns ? { columns } : {}), ...(constants ? { constants } : {}) };
  return { ...request, book: { kind: 'file', file: bookInText(name, format, content), map } };
}

/** Reads a view from the query of a request. Throws `malformed-request` with the member that is wrong. */
function viewOf(query: (name: string) => string | undefined): View {
  const measure: Measure = { taxes: query('taxes') === 'true', fees: query('fees') === 'true' };
  const edges = query('edges');
  const movers = query('movers') ?? 'amount';
  if (movers !== 'amount' && movers !== 'percent')
    throw new Problem('malformed-request', 'Movers are ordered by amount or percent.', { place: { field: 'movers' } });
  const [by, and] = [query('by'), query('and')];
  return {
    measure,
    ...(edges ? { edges: edges.split(',').map((edge) => percentIn(edge, 'edges')) } : {}),
    top: Math.min(1_000, Math.max(0, wholeNumber(query('top') ?? '10', 'top'))),
    movers,
    ...(by ? { by } : {}),
    ...(and ? { and } : {}),
    cap: boundIn(query('cap'), 'cap'),
    floor: boundIn(query('floor'), 'floor'),
  };
}

function wholeNumber(text: string, field: string): number {
  const number = numberIn(text, field);
  if (number !== undefined && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Problem('malformed-request', `"${text}" is no whole number.`, { place: { field } });
}

function boundIn(text: string | undefined, field: string): number | null {
  return text === undefined || text.trim() === '' ? null : percentIn(text, field);
}

function percentIn(text: string, field: string): number {
  if (/^\s*-?\d+(\.\d+)?\s*$/.test(text)) return Number(text);
  throw new Problem('malformed-request', `"${text}" is no percentage: give a number such as -2.5.`, {
    place: { field },
  });
}
