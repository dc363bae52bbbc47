import type { Series } from '#core/desk/numbers.ts';
import type { PushedEntry } from '#core/sync/contract.ts';
import type { SetBack } from '#core/sync/set-back.ts';
import type { Answer, Authority, Logged, Page, Range } from './authority.ts';

/** What a device asks of the cloud. */
export type Request = Asked & {
  /** The last time that its cloud was set back, as far as it was told; absent: it asks for just that. */
  readonly since?: string | undefined;
};
type Asked =
  | { readonly ask: 'enrol'; readonly device: string; readonly formerly: string | undefined }
  | { readonly ask: 'hello'; readonly device: string; readonly format: number }
  | { readonly ask: 'push'; readonly device: string; readonly entries: readonly PushedEntry[] }
  | { readonly ask: 'pull'; readonly device: string; readonly after: number; readonly count: number }
  | {
      readonly ask: 'snapshot';
      readonly device: string;
      readonly at: number | undefined;
      readonly after: string | undefined;
      readonly count: number;
    }
  | { readonly ask: 'range'; readonly device: string; readonly series: Series };
export type Reply =
  | { readonly reply: 'turned-away' }
  /** The cloud was set back meanwhile: it is greeted again first. */
  | { readonly reply: 'set-back' }
  | { readonly reply: 'enrol'; readonly device: string; readonly position: number }
  | {
      readonly reply: 'hello';
      readonly sequence: number;
      readonly hash: string;
      readonly position: number;
      readonly setBacks: readonly SetBack[];
      readonly tooOld?: 'device' | 'cloud' | undefined;
      readonly order?: 'wipe' | undefined;
    }
  | { readonly reply: 'push'; readonly answers: readonly Answer[] }
  | { readonly reply: 'pull'; readonly items: readonly Logged[]; readonly position: number }
  | { readonly reply: 'snapshot'; readonly page: Page }
  | { readonly reply: 'range'; readonly range: Range };

/** What a copy of the cloud speaks. */
export interface Copy {
  /** Oldest format of a program that it lets in. */
  readonly oldest: number;
  /** It is not updated yet. */
  readonly tooOld: boolean;
}

/** Numbers of one grant: few, so that they run out. */
const RANGE = 6;

/**
 * One request in one copy of the cloud. Each step is one transaction on the database that all copies share; between two of them
 * any other copy may come in between, and the copy may die: what it did stays, its answer is never given.
 */
export function* handled(request: Request, database: Authority, copy: Copy): Generator<undefined, Reply> {
  if (request.ask === 'enrol') {
    database.enrol(request.device, request.formerly);
    yield;
    return { reply: 'enrol', device: request.device, position: database.log.length };
  }
  const position = database.log.length;
  const { setBacks } = database;
  if (request.ask === 'hello' && database.devices.get(request.device)?.wipe)
    return { reply: 'hello', ...database.chain(request.device), position, setBacks, order: 'wipe' };
  if (!database.letsIn(request.device)) return { reply: 'turned-away' };
  if (request.ask !== 'hello' && request.since !== setBacks.at(-1)?.id) return { reply: 'set-back' };
  switch (request.ask) {
    case 'hello':
      return {
        reply: 'hello',
        ...database.chain(request.device),
        position,
        setBacks,
        tooOld: request.format < copy.oldest ? 'device' : copy.tooOld ? 'cloud' : undefined,
      };
    case 'push': {
      const answers: Answer[] = [];
      for (const entry of request.entries) {
        const answer = database.push(entry);
        answers.push(answer);
        yield;
        // After these nothing more of a push is looked at.
        if (answer.answer === 'gap' || answer.answer === 'fork' || answer.answer === 'turned-away') break;
      }
      return { reply: 'push', answers };
    }
    case 'pull':
      return { reply: 'pull', items: database.pull(request.after, request.count), position };
    case 'snapshot': {
      const { at = database.log.length, after, count } = request;
      return { reply: 'snapshot', page: database.snapshot(at, after, count) };
    }
    case 'range': {
      const range = database.grant(request.device, request.series, RANGE);
      yield;
      return { reply: 'range', range };
    }
  }
}
