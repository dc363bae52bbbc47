import type { Desk } from '#core/desk/desk.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { Millis } from '#core/model/time.ts';

/** A line of the log as it may leave this machine. */
export interface KeptLine {
  readonly at: Millis;
  readonly message: string;
  readonly details: JsonObject;
  /** Names of details that were left out. */
  readonly withheld: readonly string[];
}
export interface KeptLog {
  readonly log: Desk['log'];
  /** Oldest first. */
  lines(): readonly KeptLine[];
}

const MOST_LINES = 200;

/**
 * A log that also remembers its last lines, for the support bundle. What it remembers is free of personal data by construction:
 * messages are constants of this program; of the details only what is listed here is kept, and of an error only its kind and the
 * places in our code, never its words, which may repeat what somebody typed.
 */
export function keptLog(log: Desk['log'], now: () => Millis): KeptLog {
  const lines: KeptLine[] = [];
  return {
    log(message, details = {}) {
      lines.push({ at: now(), message, ...safeDetails(details) });
      if (lines.length > MOST_LINES) lines.shift();
      log(message, details);
    },
    lines: () => [...lines],
  };
}

function safeDetails(details: JsonObject): Pick<KeptLine, 'details' | 'withheld'> {
  const kept: Record<string, JsonValue> = {};
  const withheld: string[] = [];
  for (const [name, value] of Object.entries(details)) {
    const safe = typeof value === 'string' ? SAFE[name]?.(value) : undefined;
    if (safe === undefined) withheld.push(name);
    else kept[name] = safe;
  }
  return { details: kept, withheld };
}

const SAFE: Readonly<Record<string, (value: string) => JsonValue>> = {
  reference: (value) => (/^[0-9a-f-]{36}$/.test(value) ? value : ''),
  path: pathPattern,
  error: (value) => ({ kind: /^(\w*Error|Problem)\b/.exec(value)?.[1] ?? 'unknown', at: placesIn(value) }),
};

/** A path without what it names: every part that holds a digit or is long becomes `:x`. */
function pathPattern(path: string): string {
  return path
    .split('/')
    .map((part) => (/^[A-Za-z-]{0,30}$/.test(part) ? part : ':x'))
    .join('/');
}

/** Our own files and lines in a stack: `core/policy/rate.ts:12`. */
function placesIn(stack: string): readonly string[] {
  return [...stack.matchAll(/^\s+at .*?\b((?:core|dist)\/[\w./-]+\.(?:ts|mjs|js):\d+)(?::\d+)?\)?$/gm)]
    .flatMap(([, place]) => (place === undefined ? [] : [place]))
    .slice(0, 12);
}
