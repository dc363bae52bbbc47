import { type Desk, findAll, look } from '#core/desk/desk.ts';
import type { QuotedExposure } from '#core/desk/records.ts';
import { plainText } from '#core/store/search.ts';
import { HIT_TYPES, type HitType, type SearchAnswer, type SearchHit } from '../contracts/desk.ts';
import { SearchQuery } from '../desk-schemas.ts';
import type { Door } from '../door.ts';
import { parse } from '../parse.ts';

/** Candidates from the index: enough that every type has its share, few enough to be read as somebody types. */
const CANDIDATES = 80;

/** Universal search, as somebody types (core/desk/SPEC.md D9–D11). */
export function searchResources(door: Door): void {
  door.on(
    {
      method: 'get',
      path: '/api/search',
      tag: 'Desk',
      summary: 'Risks, policyholders, insured items, quotes, claims and documents by beginnings of words',
      query: { q: 'what somebody typed', limit: 'hits of each type, default 6' },
      answer: 'SearchAnswer',
    },
    ({ desk, context }): SearchAnswer => {
      const { q, limit } = parse(SearchQuery, context.req.query(), 'The query of the search');
      const words = q.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
      return words.length === 0 ? { groups: [] } : searchEverything(desk, q, words, limit);
    },
  );
}

function searchEverything(desk: Desk, q: string, words: readonly string[], limit: number): SearchAnswer {
  const groups = new Map<HitType, SearchHit[]>(HIT_TYPES.map((type) => [type, []]));
  const add = (hit: SearchHit | undefined): void => {
    const list = hit && groups.get(hit.type);
    if (list && list.length < limit && !list.some(({ locator }) => locator === hit.locator)) list.push(hit);
  };
  for (const risk of desk.store.risks({ text: q, order: 'updated', descending: true, offset: 0, limit, mostTotal: 0 })
    .rows)
    add({
      type: 'risk',
      locator: risk.policy,
      title: risk.insured || risk.number || risk.policy,
      snippet: [risk.number ?? risk.policy, risk.items].filter(Boolean).join(' · '),
      policy: risk.policy,
    });
  for (const { type, locator, title, snippet } of desk.store.search(q, CANDIDATES)) {
    if (type === 'policyholder') {
      const policy = findAll(desk, 'policy', 'policyholderLocator', locator).at(-1)?.locator;
      if (policy !== undefined) add({ type, locator, title, snippet, policy });
    } else if (type === 'quote') {
      const quote = look(desk, 'quote', locator)?.record;
      if (!quote) continue;
      const item = quote.exposures.find((exposure) => speaksOf(exposure, words));
      if (item) add(itemHit(item, quote.policyLocator));
      else add({ type, locator, title, snippet, policy: quote.policyLocator });
    } else if (type === 'claim' || type === 'document') {
      const policy = look(desk, type, locator)?.record.policyLocator;
      if (policy !== undefined) add({ type, locator, title, snippet, policy });
    }
  }
  return {
    groups: [...groups].filter(([, hits]) => hits.length > 0).map(([type, hits]) => ({ type, hits })),
  };
}

/** Whether the words are about this item: each begins a word of its values. */
function speaksOf({ fieldValues }: QuotedExposure, words: readonly string[]): boolean {
  const own = Object.values(fieldValues)
    .flat()
    .flatMap((value) => plainText(value).match(/[\p{L}\p{N}]+/gu) ?? []);
  return words.every((word) => own.some((candidate) => candidate.startsWith(plainText(word))));
}

function itemHit({ locator, name, fieldValues }: QuotedExposure, policy: string): SearchHit {
  const values = Object.entries(fieldValues)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, list]) => list);
  return { type: 'exposure', locator, title: name, snippet: values.join(' · '), policy };
}
