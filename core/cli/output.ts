import { problemDocument } from '#core/api/problem-document.ts';
import { Problem } from '#core/model/problem.ts';

/** Prints a result as indented JSON on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Prints an error as a problem document on standard error. On one's own terminal a defect of ours says what it was. */
export function printProblem(error: unknown): void {
  const problem =
    error instanceof Problem
      ? error
      : new Problem(
          'internal',
          `Something broke inside Fieldwriter: ${error instanceof Error ? error.message : String(error)}`,
          {
            details: { stack: error instanceof Error ? (error.stack ?? '') : '' },
          },
        );
  process.stderr.write(`${JSON.stringify(problemDocument(problem), null, 2)}\n`);
}

/** A progress bar on a terminal; nothing elsewhere. Shown only once the work takes over a second. @param total 0: nobody knows */
export function progress(total: number, what: string): { step(done: number): void; end(): void } {
  const started = performance.now();
  let shown = false;
  let last = 0;
  return {
    step(done) {
      const now = performance.now();
      if (!process.stderr.isTTY || now - started < 1_000 || (now - last < 100 && done !== total)) return;
      last = now;
      shown = true;
      if (total === 0) {
        process.stderr.write(`\r${what} ${done}`);
        return;
      }
      const filled = Math.round((done / Math.max(1, total)) * 30);
      process.stderr.write(`\r${what} [${'█'.repeat(filled)}${'░'.repeat(30 - filled)}] ${done}/${total}`);
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[K');
    },
  };
}
