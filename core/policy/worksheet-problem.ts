import { Problem } from '#core/model/problem.ts';
import type { Worksheet } from '#core/model/worksheet.ts';

/** The problem with the worksheet up to the point where it happened: a failed price is explained too. */
export function withWorksheet(problem: Problem, worksheet: Worksheet | undefined): Problem {
  if (!worksheet) return problem;
  return new Problem(problem.code, problem.message, {
    ...(problem.place ? { place: problem.place } : {}),
    fieldErrors: problem.fieldErrors,
    details: { ...problem.details, worksheet: JSON.parse(JSON.stringify(worksheet)) },
    cause: problem.cause,
  });
}
