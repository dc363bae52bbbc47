import { type Context, Hono } from 'hono';
import type * as z from 'zod';
import type { Caller, Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { localUser } from '#core/policy/users.ts';
import type { Actor } from '#core/store/contract.ts';
import { parse, parseJsonText } from './parse.ts';
import { Timings } from './timings.ts';

/** What the access check found out about a request, for the resources behind it. */
export interface DoorEnv {
  Variables: {
    /** The user that signed in with a name of their own; otherwise the workbench's local user acts. */
    user: Actor | undefined;
    signedIn: boolean;
    /** Names this request in the log and in the answer to a failure. */
    reference: string;
  };
}
export type DoorContext = Context<DoorEnv>;

export interface EndpointSpec<Body extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** `/policy/:locator` */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Shape of the JSON body; absent: none is read. */
  readonly body?: Body;
  /** Query members, with what they mean. */
  readonly query?: Readonly<Record<string, string>>;
  /** What comes back, in a word: the name of the shape. */
  readonly answer: string;
  readonly status?: 200 | 201;
}
export interface EndpointCall<Body> {
  readonly desk: Desk;
  readonly body: Body;
  readonly context: DoorContext;
  param(name: string): string;
  query(name: string): string | undefined;
  /** Who writes, and the key under which they may retry. Throws `forbidden` while nobody has said who they are. */
  caller(): Caller;
}

/** The one door: every endpoint is registered here once, which mounts it and describes it in the OpenAPI document. */
export class Door {
  /** A slash at the end of a path makes no difference: the original's documentation writes both. */
  readonly app = new Hono<DoorEnv>({ strict: false });
  readonly specs: EndpointSpec[] = [];
  readonly timings = new Timings();
  readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  /** @param answer what is sent as JSON, or a Response of its own */
  on<Body extends z.ZodType>(spec: EndpointSpec<Body>, answer: (call: EndpointCall<z.output<Body>>) => unknown): void {
    this.specs.push(spec);
    const { desk } = this;
    this.app[spec.method](spec.path, async (context) => {
      const begun = performance.now();
      const value = await answer({
        desk,
        body: spec.body ? parse(spec.body, await jsonBody(context), 'The request') : (undefined as z.output<Body>),
        context,
        param: (name) => context.req.param(name) ?? '',
        query: (name) => context.req.query(name),
        caller: () => callerOf(context, desk),
      });
      this.timings.add(`${spec.method.toUpperCase()} ${spec.path}`, performance.now() - begun);
      return value instanceof Response ? value : context.json(value ?? {}, spec.status ?? 200);
    });
  }
}

async function jsonBody(context: DoorContext): Promise<unknown> {
  const text = await context.req.text();
  return text.trim() === '' ? {} : parseJsonText(text, 'The request');
}

function callerOf(context: DoorContext, desk: Desk): Caller {
  if (!context.get('signedIn')) throw new Problem('not-authenticated', 'Sign in first.');
  const actor = context.get('user') ?? localUser(desk);
  if (!actor)
    throw new Problem(
      'forbidden',
      'Say who you are first (POST /api/session/user {"name": "…"}): every write has an author.',
    );
  const requestKey = context.req.header('idempotency-key');
  if (requestKey !== undefined && (requestKey === '' || requestKey.length > 255))
    throw new Problem('malformed-request', 'An Idempotency-Key has 1 to 255 characters.');
  return { actor, ...(requestKey === undefined ? {} : { requestKey: `${actor.user} ${requestKey}` }) };
}
