import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductForm, StoredRisk } from '#core/api/contract.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { call } from '../../app/client.ts';
import type { RiskForm } from './form.ts';
import { formOf, toRequest } from './form.ts';
import { draftUpdate, rebased } from './update.ts';
import { type Risk, usePreview } from './use-risk.ts';

export type WhatIf = ReturnType<typeof useWhatIf>;

/**
 * A scratch copy of a risk in any state: every field can be changed and the price is seen to move; nothing is stored until somebody
 * keeps it. Both prices come from the same question asked twice, so that nothing but the change makes the difference.
 */
export function useWhatIf(product: ProductForm, stored: StoredRisk | undefined, risk: Risk) {
  const queries = useQueryClient();
  const [scratch, setScratch] = useState<{ readonly base: RiskForm; readonly form: RiskForm }>();
  const form = scratch?.form ?? risk.form;
  const before = usePreview(product, toRequest(scratch?.base ?? risk.form, product), scratch !== undefined, true);
  const after = usePreview(product, toRequest(form, product), scratch !== undefined, true);
  const errors = new Map((after.data?.fieldErrors ?? []).map((e) => [`${e.path ?? ''}|${e.fieldName}`, e.message]));

  /** A locked quote stays as it is: what is kept becomes a new quote beside it, which the risk shows from then on. */
  async function keepAsQuote(): Promise<void> {
    const policy = stored?.policy;
    const selected = policy?.quoteSummary?.selected;
    if (!stored || !policy || !selected || !scratch) return;
    const { locator } = await call<{ locator: string }>('POST', `/quotes/${selected}/createNew`, {});
    await call('PATCH', `/quotes/${locator}/select`, {});
    const copied = await call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    const holder = await call<PolicyholderResponse>('GET', `/policyholder/${copied.policyholderLocator}`);
    const copy = formOf(copied, holder, product);
    await call(
      'POST',
      `/policy/${policy.locator}/update`,
      draftUpdate(copy, rebased(form, scratch.base, copy), product),
    );
    await queries.invalidateQueries();
  }

  return {
    active: scratch !== undefined,
    /** The risk with the scratch copy in its place: what the form shows meanwhile. */
    risk: scratch
      ? {
          ...risk,
          form,
          setForm: (next: RiskForm) => setScratch({ ...scratch, form: next }),
          editable: true,
          preview: after,
          missing: errors.size,
          errorOf: (path: string, field: string) => errors.get(`${path}|${field}`),
        }
      : risk,
    before: before.data,
    after: after.data,
    base: scratch?.base ?? risk.form,
    form,
    changed: scratch !== undefined && JSON.stringify(scratch.base) !== JSON.stringify(scratch.form),
    start: () => setScratch({ base: risk.form, form: risk.form }),
    drop: () => setScratch(undefined),
    /** How it can be kept: put into the draft, as a new quote, or not at all (an issued policy is changed by an endorsement). */
    keeps: risk.editable ? 'draft' : risk.state === 'accepted' || risk.state === 'declined' ? 'quote' : 'no',
    async keep() {
      if (risk.editable) risk.setForm(form);
      else await keepAsQuote();
      setScratch(undefined);
    },
  } as const;
}
