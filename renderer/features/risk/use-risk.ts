import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { PricePreview, ProductForm } from '#core/api/contract.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { call } from '../../app/client.ts';
import { go } from '../../app/route.ts';
import type { RiskForm } from './form.ts';
import { emptyForm, formOf, given, toRequest } from './form.ts';
import { draftUpdate } from './update.ts';

/** A risk as it is stored: nothing of it yet for a new quote. */
export interface StoredRisk {
  readonly policy: PolicyResponse;
  readonly policyholder: PolicyholderResponse;
}

/** Where a stored risk stands; what may be done follows from it. */
export function stateOf(
  policy: PolicyResponse | undefined,
): 'new' | 'draft' | 'accepted' | 'declined' | 'discarded' | 'issued' {
  if (!policy) return 'new';
  if (policy.issuedTimestamp) return 'issued';
  const quote = policy.quoteSummary?.notDiscarded.find(({ locator }) => locator === policy.quoteSummary?.selected);
  if (!quote) return policy.quoteSummary ? 'discarded' : 'draft';
  return quote.state === 'quoted' ? 'accepted' : quote.state;
}

export type Risk = ReturnType<typeof useRisk>;

/** Everything that the screen of one risk does, over the same resources that a script would use. */
export function useRisk(product: ProductForm, stored: StoredRisk | undefined) {
  const queries = useQueryClient();
  const saved = useMemo(() => stored && formOf(stored.policy, stored.policyholder, product), [stored, product]);
  const [form, setForm] = useState<RiskForm>(() => saved ?? emptyForm(product, Date.now()));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [everything, showEverything] = useState(false);
  const state = stateOf(stored?.policy);
  const editable = state === 'new' || state === 'draft';

  const request = toRequest(form, product);
  const [settled] = useDebouncedValue(JSON.stringify(request), 150);
  const preview = useQuery({
    queryKey: ['price', product.name, settled],
    queryFn: ({ signal }) =>
      call<PricePreview>(
        'POST',
        `/api/products/${encodeURIComponent(product.name)}/price`,
        JSON.parse(settled),
        signal,
      ),
    placeholderData: keepPreviousData,
    enabled: editable,
    gcTime: 60_000,
  });

  const errors = new Map<string, string>(
    (preview.data?.fieldErrors ?? []).map(
      (error) => [`${error.path ?? ''}|${error.fieldName}`, error.message] as const,
    ),
  );
  const errorOf = (path: string, field: string): string | undefined => {
    const key = `${path}|${field}`;
    return everything || touched.has(key) ? errors.get(key) : undefined;
  };
  const leave = (path: string, field: string): void => setTouched((before) => new Set(before).add(`${path}|${field}`));

  /** Saves the draft and answers its locator; the first save creates policyholder and policy. */
  async function save(): Promise<string> {
    if (stored && saved) {
      if (JSON.stringify(saved.policyholder.values) !== JSON.stringify(form.policyholder.values)) {
        const { locator, version } = stored.policyholder;
        await call('POST', '/policyholder/update', {
          locator,
          version,
          completed: true,
          values: given(form.policyholder.values),
        });
      }
      await call('POST', `/policy/${stored.policy.locator}/update`, draftUpdate(saved, form, product));
      return stored.policy.locator;
    }
    const holder = await call<PolicyholderResponse>('POST', '/policyholder/create', {
      completed: true,
      values: given(form.policyholder.values),
    });
    const policy = await call<PolicyResponse>('POST', '/policy', toRequest(form, product, holder.locator).policy);
    return policy.locator;
  }

  /** Where the last step failed after the draft was saved: kept by locator, because the saved risk is another screen. */
  const failure = useQuery<Error | null>({
    queryKey: ['failure', stored?.policy.locator ?? ''],
    queryFn: skipToken,
    initialData: null,
  });
  const step = (action: () => Promise<string>) => ({
    mutationFn: action,
    onMutate: () => {
      showEverything(true);
      queries.removeQueries({ queryKey: ['failure'] });
    },
    onSuccess: async (locator: string) => {
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'failure' });
      go({ screen: 'policy', locator });
    },
  });
  const act = (name: 'finalize' | 'issue' | 'discard') => async () => {
    const locator = editable ? await save() : (stored?.policy.locator ?? '');
    try {
      await call('POST', `/policy/${locator}/${name}`, {});
    } catch (error) {
      // The draft is saved all the same: its screen opens and says what went wrong.
      queries.setQueryData(['failure', locator], error);
    }
    return locator;
  };
  return {
    form,
    setForm,
    state,
    editable,
    preview,
    errorOf,
    leave,
    failure: failure.data,
    showErrors: () => {
      showEverything(true);
      // After the marks are on the page.
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    },
    dirty: JSON.stringify(saved) !== JSON.stringify(form),
    save: useMutation(step(save)),
    finalize: useMutation(step(act('finalize'))),
    issue: useMutation(step(act('issue'))),
    discard: useMutation(step(act('discard'))),
  };
}
