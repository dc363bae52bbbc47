import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { PricePreview, ProductForm, QuoteRequest, StoredRisk } from '#core/api/contract.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { call } from '../../app/client.ts';
import { go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { type Edits, edited, edits, redone, undone } from './edits.ts';
import type { RiskForm } from './form.ts';
import { emptyForm, formOf, given, toRequest } from './form.ts';
import { draftUpdate, filledIn } from './update.ts';
import { useWorkingCopies } from './working-copies.tsx';

/** Where a stored risk stands; what may be done follows from it. */
export type RiskState = 'new' | 'draft' | 'accepted' | 'declined' | 'discarded' | 'issued';
export function stateOf(policy: PolicyResponse | undefined): RiskState {
  if (!policy) return 'new';
  if (policy.issuedTimestamp) return 'issued';
  const quote = policy.quoteSummary?.notDiscarded.find(({ locator }) => locator === policy.quoteSummary?.selected);
  if (!quote) return policy.quoteSummary ? 'discarded' : 'draft';
  return quote.state === 'quoted' ? 'accepted' : quote.state;
}

/** The first key asks for the price at once; keys that follow within so many milliseconds of each other ask once, at their end. */
const BREATH = 25;

/** So long after the last price its worksheet is asked for where nobody looks at it yet, milliseconds. */
const REST = 250;

/**
 * Price and decision of a risk as it is typed; a newer question ends an older one.
 * @param explained the worksheets are on the screen: they come with every price, not after it
 */
export function usePreview(product: ProductForm, request: QuoteRequest, enabled: boolean, explained: boolean) {
  const [settled] = useDebouncedValue(JSON.stringify(request), BREATH, { leading: true });
  const [rested] = useDebouncedValue(settled, REST);
  const price = useQuery(priceQuery(product, settled, explained, enabled));
  const whole = useQuery(priceQuery(product, rested, true, enabled && !explained && rested === settled));
  return !explained && rested === settled && whole.data && !whole.isPlaceholderData && !price.isFetching
    ? { ...price, data: whole.data }
    : price;
}

function priceQuery(product: ProductForm, request: string, worksheet: boolean, enabled: boolean) {
  return {
    queryKey: ['price', product.name, request, worksheet],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      call<PricePreview>(
        'POST',
        `/api/products/${encodeURIComponent(product.name)}/price${worksheet ? '' : '?worksheet=false'}`,
        JSON.parse(request),
        signal,
      ),
    placeholderData: keepPreviousData<PricePreview>,
    // A new price is a new object: looking for what stayed the same in its worksheet would cost more than drawing it.
    structuralSharing: false,
    enabled,
    gcTime: 60_000,
  };
}

export type Risk = ReturnType<typeof useRisk>;

/**
 * Everything that the screen of one risk does, over the same resources that a script would use.
 * @param explained the worksheets are on the screen
 */
export function useRisk(product: ProductForm, stored: StoredRisk | undefined, explained: boolean) {
  const queries = useQueryClient();
  const copies = useWorkingCopies();
  const key = stored?.policy.locator ?? `new ${product.name}`;
  const base = stored?.policy.updatedTimestamp ?? '';
  const saved = useMemo(() => stored && formOf(stored.policy, stored.policyholder, product), [stored, product]);
  const state = stateOf(stored?.policy);
  const editable = state === 'new' || state === 'draft';
  const [typed, setTyped] = useState<Edits<RiskForm>>(() => {
    const kept = copies.get(key);
    const start = edits(saved ?? emptyForm(product, Date.now()));
    return kept?.base === base && editable ? edited(start, kept.form, 0) : start;
  });
  /** What was typed here before the stored draft moved on elsewhere. */
  const [overtaken, setOvertaken] = useState(() => {
    const kept = copies.get(key);
    return kept && kept.base !== base && editable ? kept.form : undefined;
  });
  const form = typed.present;
  const latest = useRef(form);
  latest.current = form;
  const setForm = useCallback((next: RiskForm): void => {
    latest.current = next;
    setTyped((before) => edited(before, next, Date.now()));
  }, []);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [everything, showEverything] = useState(false);
  const dirty = saved === undefined ? typed.past.length > 0 : JSON.stringify(saved) !== JSON.stringify(form);

  useEffect(() => {
    if (!editable || overtaken) return;
    if (dirty) copies.keep(key, { form, base, address: window.location.hash });
    else copies.drop(key);
  }, [copies, key, base, form, dirty, editable, overtaken]);

  const request = toRequest(form, product);
  const preview = usePreview(product, request, editable, explained);

  const errors = new Map<string, string>(
    (preview.data?.fieldErrors ?? []).map(
      (error) => [`${error.path ?? ''}|${error.fieldName}`, error.message] as const,
    ),
  );
  const errorOf = (path: string, field: string): string | undefined => {
    const name = `${path}|${field}`;
    return everything || touched.has(name) ? errors.get(name) : undefined;
  };
  const leave = (path: string, field: string): void => setTouched((before) => new Set(before).add(`${path}|${field}`));

  /** Saves the draft and answers its locator; the first save creates policyholder and policy. */
  async function save(): Promise<string> {
    const now = latest.current;
    if (stored && saved) {
      if (JSON.stringify(saved.policyholder.values) !== JSON.stringify(now.policyholder.values)) {
        const { locator, version } = stored.policyholder;
        await call('POST', '/policyholder/update', {
          locator,
          version,
          completed: true,
          values: given(now.policyholder.values),
        });
      }
      const changed = await call<PolicyResponse>(
        'POST',
        `/policy/${stored.policy.locator}/update`,
        draftUpdate(saved, now, product),
      );
      copies.drop(key);
      tellFilledIn(now, formOf(changed, stored.policyholder, product));
      return stored.policy.locator;
    }
    const holder = await call<PolicyholderResponse>('POST', '/policyholder/create', {
      completed: true,
      values: given(now.policyholder.values),
    });
    const policy = await call<PolicyResponse>('POST', '/policy', toRequest(now, product, holder.locator).policy);
    copies.drop(key);
    tellFilledIn(now, formOf(policy, holder, product));
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
      if (!stored) go({ screen: 'policy', locator });
    },
  });
  const act = (name: 'finalize' | 'issue' | 'discard') => async () => {
    const saveFirst = editable && name !== 'discard';
    const locator = saveFirst ? await save() : (stored?.policy.locator ?? '');
    if (name === 'discard') copies.drop(key);
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
    request,
    /** Throws what was typed away: a new quote begins anew, a draft is as it was saved. The way back is undo. */
    startOver: () => setForm(saved ?? emptyForm(product, Date.now())),
    undo: () => setTyped(undone),
    redo: () => setTyped(redone),
    state,
    editable,
    preview,
    /** How many fields need attention before this risk can be finalized. */
    missing: preview.data?.fieldErrors.length ?? 0,
    errorOf,
    leave,
    failure: failure.data,
    showErrors: () => {
      showEverything(true);
      // After the marks are on the page.
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    },
    dirty,
    overtaken: overtaken && {
      takeMine: () => {
        setForm(overtaken);
        setOvertaken(undefined);
      },
      dropMine: () => {
        copies.drop(key);
        setOvertaken(undefined);
      },
    },
    save: useMutation(step(save)),
    finalize: useMutation(step(act('finalize'))),
    issue: useMutation(step(act('issue'))),
    discard: useMutation(step(act('discard'))),
  };
}

/** What the product filled in is told: nobody typed it, and somebody answers for it. */
function tellFilledIn(given: RiskForm, saved: RiskForm): void {
  const count = filledIn(given, { ...saved, policyholder: given.policyholder });
  if (count > 0) toast(text.risk.filledIn(count));
}
