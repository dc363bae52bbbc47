import { need } from '#core/desk/desk.ts';
import { previewPolicy } from '#core/policy/preview.ts';
import { priceResponse } from '#core/policy/price-response.ts';
import {
  acceptQuoteByLocator,
  copyQuote,
  discardQuote,
  getQuote,
  invalidateQuote,
  listQuotes,
  quoteQuote,
  selectQuote,
  updateQuote,
} from '#core/policy/quotes.ts';
import type { Door } from '../door.ts';
import { CopyQuote, Nothing, PolicyUpdate } from '../schemas.ts';
import { succeeded } from './policies.ts';

const tag = 'Quotes';
const answer = 'PolicyQuoteResponse';

/** Quotes at the paths of the original platform (formats §3.5). */
export function quoteResources(door: Door): void {
  door.on(
    { method: 'get', path: '/policies/:locator/quotes', tag, summary: 'The quotes of a policy', answer: `${answer}[]` },
    ({ desk, param }) => listQuotes(desk, param('locator')),
  );
  door.on({ method: 'get', path: '/quotes/:locator', tag, summary: 'One quote', answer }, ({ desk, param }) =>
    getQuote(desk, param('locator')),
  );
  door.on(
    {
      method: 'patch',
      path: '/quotes/:locator',
      tag,
      summary: 'Change a quote while it is a draft',
      body: PolicyUpdate,
      answer,
    },
    async ({ desk, param, body, caller }) => {
      await updateQuote(desk, caller(), param('locator'), body);
      return getQuote(desk, param('locator'));
    },
  );
  door.on(
    {
      method: 'post',
      path: '/quotes/:locator/createNew',
      tag,
      summary: 'Copy a quote into a new draft',
      body: CopyQuote,
      answer,
    },
    ({ desk, param, body, caller }) => getQuote(desk, copyQuote(desk, caller(), param('locator'), body.name)),
  );
  const actions = [
    ['select', 'Make it the quote that the policy shows', selectQuote],
    ['quote', 'Lock, price and underwrite it', quoteQuote],
    ['accept', 'Accept it: invoice and documents', acceptQuoteByLocator],
    ['invalidate', 'Take it back from accepted to quoted', invalidateQuote],
    ['discard', 'Discard it', discardQuote],
  ] as const;
  for (const [name, summary, action] of actions)
    door.on(
      { method: 'patch', path: `/quotes/:locator/${name}`, tag, summary, body: Nothing, answer },
      async ({ desk, param, caller }) => {
        await action(desk, caller(), param('locator'));
        return getQuote(desk, param('locator'));
      },
    );
  door.on(
    {
      method: 'get',
      path: '/quotes/:locator/price',
      tag,
      summary: 'Price of a quote, saving nothing',
      answer: 'PriceResponse',
    },
    async ({ desk, param }) => {
      const { record } = need(desk, 'quote', param('locator'));
      return priceResponse(succeeded(await previewPolicy(desk, record.policyLocator, record.locator)).quote);
    },
  );
}
