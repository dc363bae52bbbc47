import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PricePreview, ProductForm, StoredRisk } from '#core/api/contract.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { PolicyQuoteResponse } from '#core/model/quote-response.ts';
import { call } from '../../app/client.ts';
import { toast, toastFailure } from '../../app/toast.tsx';
import { formOf, toRequest } from '../risk/form.ts';
import { storedPrice } from '../risk/stored-price.ts';
import type { QuoteColumn } from './compare.ts';
import type { QuoteStep } from './quote-steps.ts';

/** The quotes of a stored risk, oldest first, each with its price: a draft's is worked out, a locked one's is as it was kept. */
export function useQuotes(product: ProductForm, stored: StoredRisk) {
  const { policy, policyholder } = stored;
  const list = useQuery({
    queryKey: ['quotes', policy.locator],
    queryFn: () => call<readonly PolicyQuoteResponse[]>('GET', `/policies/${policy.locator}/quotes`),
  });
  const quotes = (list.data ?? []).map((quote) => {
    const shown = asPolicy(quote, policy);
    const form = formOf(shown, policyholder, product);
    return { quote, shown, form, request: JSON.stringify(toRequest(form, product)) };
  });
  // A copy that nothing was changed in asks what its original asks.
  const requests = [...new Set(quotes.filter(({ quote }) => quote.state === 'draft').map(({ request }) => request))];
  const drafts = useQueries({
    queries: requests.map((request) => ({
      queryKey: ['price', product.name, request],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        call<PricePreview>(
          'POST',
          `/api/products/${encodeURIComponent(product.name)}/price`,
          JSON.parse(request),
          signal,
        ),
    })),
  });
  const columns = quotes.map(({ quote, shown, form, request }): QuoteColumn => {
    const draft = drafts[requests.indexOf(request)]?.data;
    const kept = isPriced(quote) ? storedPrice(shown, undefined, product.currency) : undefined;
    const price = quote.state === 'draft' ? draft?.price : kept?.price;
    const result = quote.state === 'draft' ? draft?.underwriting : quote.automatedUnderwritingResult;
    const { locator, name, state, selected } = quote;
    return {
      ...{ locator, name, state, selected, form },
      ...(price ? { price } : {}),
      ...(result ? { decision: result.decision } : {}),
      notes: result?.notes ?? [],
    };
  });
  return { columns, loading: list.isPending, error: list.error, pricing: drafts.some(({ isPending }) => isPending) };
}

/** A quote that was never priced says 0.00, but its covers have no premium. */
function isPriced({ exposures }: PolicyQuoteResponse): boolean {
  const rows = exposures.flatMap(({ perils }) => perils.flatMap(({ characteristics }) => characteristics));
  return rows.some(({ premium }) => premium !== undefined);
}

/** A quote in the place of the policy's selected one. */
function asPolicy(quote: PolicyQuoteResponse, policy: PolicyResponse): PolicyResponse {
  return {
    ...policy,
    characteristics: quote.characteristics ? [quote.characteristics] : [],
    exposures: quote.exposures,
    modifications: [],
    fees: quote.fees,
    grossFees: quote.grossFees,
    currency: quote.currency,
    originalContractStartTimestamp: quote.contractStartTimestamp,
    originalContractEndTimestamp: quote.contractEndTimestamp,
  };
}

/** Does a step and shows everything anew. */
export function useQuoteStep() {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'failure' });
  return useMutation({
    mutationFn: ({ method, path, body = {} }: QuoteStep) => call(method, path, body),
    onSuccess: async (_answer, { said, undo, after }) => {
      toast(
        said,
        undo &&
          (() => {
            call(undo.method, undo.path, undo.body ?? {})
              .then(refresh)
              .catch(toastFailure);
          }),
      );
      await refresh();
      after?.();
    },
    onError: toastFailure,
  });
}
