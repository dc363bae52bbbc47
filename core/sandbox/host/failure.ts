import type { Place, ProblemCode } from '#core/model/problem.ts';

const FRAME = /(?:\(|at )scripts\/([^():\n]+):(\d+):(\d+)\)?/g;
const MARKED = /StartUIerror:?([\s\S]*?)EndUIerror/;

/** The first frame of a stack that lies in one of the author's scripts. The stack is the guest's text: it is only read. */
export function placeIn(stack: string, known: (path: string) => boolean): Place | undefined {
  for (const [, path, line, column] of stack.matchAll(FRAME)) {
    if (path !== undefined && known(path)) {
      return { file: `scripts/${path}`, line: Number(line), column: Number(column) };
    }
  }
  return undefined;
}

/**
 * What a guest threw, for a person: the text between `StartUIerror` and `EndUIerror` stands alone (formats §1.11), because the
 * author wrote it for the underwriter; any other message is named with the function that threw it.
 * @param text `{"error": {"message", "stack"}}`
 */
export function failureOf(
  what: string,
  text: string,
  placeOf: (stack: string) => Place | undefined,
): { code: ProblemCode; message: string; place?: Place } {
  const { error } = JSON.parse(text) as { error: { message: string; stack: string } };
  const place = placeOf(error.stack);
  const marked = MARKED.exec(error.message)?.[1]?.trim();
  return {
    code: 'plugin-failed',
    message: marked || `${what} failed: ${error.message}`,
    ...(place ? { place } : {}),
  };
}
