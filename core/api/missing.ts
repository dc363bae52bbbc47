import { Problem } from '#core/model/problem.ts';

/**
 * What the original platform answers and Fieldwriter does not yet: said clearly, never a bare 404. Every line goes when its
 * resource comes.
 */
const MISSING: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\/policy\/[^/]+\/cancellationValue$/, 'Cancellation values without a cancellation'],
  [/^\/policy\/[^/]+\/(addDocument|removeDocument)$/, 'Attaching documents'],
  [/^\/premiumReports?\b/, 'Premium reporting'],
  [/^\/report\b/, 'Reports'],
  [/^\/search\b/, 'Search across everything'],
  [/^\/eventstream\b/, 'The event stream'],
  [/^\/calculation\b/, 'Trying out calculations'],
  [/^\/webhooks\b/, 'Webhooks'],
  [/^\/(staticDocuments|document|tables?)\b/, 'Independent documents and tables'],
  [/^\/scripts\b/, 'Uploading scripts'],
  [/^\/account\b/, 'Accounts and permissions'],
];

/** Throws `not-implemented` for what the original has, `not-found` for what nobody knows. */
export function refuseUnknown(method: string, path: string): never {
  const missing = MISSING.find(([pattern]) => pattern.test(path));
  if (missing)
    throw new Problem(
      'not-implemented',
      `${missing[1]} are not there yet in this version of Fieldwriter (${method} ${path}).`,
    );
  throw new Problem('not-found', `There is no resource ${path}: /api/openapi.json lists what there is.`);
}
