import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ConflictPreview, TransactionResponse } from '#core/api/contracts/transactions.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { policyAt } from '#core/model/policy-at.ts';
import { addCalendar, calendarDay } from '#core/model/time.ts';
import { differencesBetween } from '#core/model/timeline/differences.ts';
import { call } from '../../app/client.ts';
import { formOf, type RiskForm } from '../risk/form.ts';
import { useWorkingCopies } from '../risk/working-copies.tsx';
import { changeRequest, insuredIn } from './change-request.ts';
import { coveredDay, instantOf } from './days.ts';
import { aligned, moved } from './moved.ts';
import { KIND_OF } from './steps.ts';
import type { TransactionProps } from './transaction-props.ts';
import { useDrafting } from './use-drafting.ts';
import { usePreview } from './use-preview.ts';

interface Resolution {
  readonly transactionLocator: string;
  readonly path: string;
}

/**
 * An endorsement or renewal while it is typed: the policy as it stands at its time, what was changed on it, what that would do, and
 * the steps to its issue. Where another date is chosen, the changes stay and everything else is what it is there.
 */
export function useChange({ action, stored, product, timeline, lifecycle, saved }: TransactionProps) {
  const { policy, policyholder } = stored;
  const { timeZone } = product;
  const renewing = action === 'renew';
  const kind = KIND_OF[action];
  const locked = saved !== undefined && saved.response.state !== 'application';
  const term = timeline.terms.at(-1) ?? { start: 0, end: 0 };

  const [name, setName] = useState(saved?.response.endorsementName ?? lifecycle.endorsements[0]?.name ?? '');
  const [date, setDate] = useState(() =>
    saved
      ? calendarDay(Number(saved.response.effectiveTimestamp), timeZone)
      : coveredDay(timeline, Date.now(), timeZone),
  );
  const [end, setEnd] = useState(() =>
    calendarDay(Number(saved?.response.renewalEndTimestamp ?? addCalendar(term.end, { years: 1 }, timeZone)), timeZone),
  );
  const [reprice, setReprice] = useState(true);
  const [overOthers, setOverOthers] = useState(false);
  const chosenBefore = useMemo(
    () =>
      (saved?.preview.conflicts ?? [])
        .filter(({ choice }) => choice === 'new')
        .map(({ transactionLocator, path }): Resolution => ({ transactionLocator, path })),
    [saved],
  );
  const [resolutions, setResolutions] = useState<readonly Resolution[]>(chosenBefore);

  const effective = renewing
    ? term.end
    : (instantOf(date, timeZone) ?? Number(saved?.response.effectiveTimestamp ?? 0));
  const standing = useStanding(policy.locator, renewing ? effective - 1 : effective);
  const savedAt = Number(saved?.response.effectiveTimestamp ?? effective);
  const standingAtSaved = useStanding(policy.locator, renewing ? savedAt - 1 : savedAt);
  const base = useMemo(
    () => standing.data && formOf(standing.data, policyholder, product),
    [standing.data, policyholder, product],
  );
  const drafted = useMemo(() => {
    if (!base || !saved?.whenIssued || !standingAtSaved.data) return undefined;
    const before = formOf(standingAtSaved.data, policyholder, product);
    const form = aligned(formOf(policyAt(saved.whenIssued, savedAt), policyholder, product), before);
    return moved(form, before, base);
  }, [base, saved, savedAt, standingAtSaved.data, policyholder, product]);

  const copies = useWorkingCopies();
  const copyKey = `transaction ${policy.locator} ${action} ${saved?.response.locator ?? ''}`;
  const [typed, setTyped] = useState<{ readonly form: RiskForm; readonly base: RiskForm | undefined } | undefined>(
    () => {
      const kept = copies.get(copyKey);
      return kept && { form: kept.form, base: undefined };
    },
  );
  const loaded = base && (saved ? drafted : base);
  const form = typed && base ? moved(typed.form, typed.base ?? base, base) : loaded;
  const setForm = (next: RiskForm): void => {
    setTyped({ form: next, base });
    copies.keep(copyKey, { form: next, base: date, address: window.location.hash });
  };
  const startOver = (): void => {
    setTyped(undefined);
    setResolutions(chosenBefore);
    copies.drop(copyKey);
  };

  const change = useMemo(
    () => (base && form ? changeRequest(base, form) : { request: {}, places: new Map<string, string>() }),
    [base, form],
  );
  const differences = useMemo(
    () => (base && form ? differencesBetween(insuredIn(base), insuredIn(form)) : []),
    [base, form],
  );
  const definition = lifecycle.endorsements.find((one) => one.name === name);
  const until = instantOf(end, timeZone);
  const settings: JsonObject = {
    ...(renewing
      ? until === undefined
        ? {}
        : { renewalEndTimestamp: String(until) }
      : { startTimestamp: String(effective), ...(definition?.reprice === 'input' ? { reprice } : {}) }),
    ...(resolutions.length > 0 || saved ? { resolutions: resolutions.map((one) => ({ ...one })) } : {}),
  };
  const request: JsonObject = {
    ...(renewing ? {} : { endorsementName: name }),
    ...settings,
    ...change.request,
    ...(overOthers ? { conflictHandling: 'invalidate' } : {}),
  };
  const something = renewing || Object.keys(change.request).length > 0;
  async function save(): Promise<string> {
    const at = `/${kind}s/${saved?.response.locator ?? ''}`;
    const body = saved && drafted && form ? { ...settings, ...changeRequest(drafted, form).request } : request;
    const answer = saved
      ? await call<TransactionResponse>('PATCH', `${at}/update`, body)
      : await call<TransactionResponse>('POST', `/policies/${policy.locator}/${kind}s`, body);
    return answer.locator;
  }
  const dirty =
    typed !== undefined ||
    JSON.stringify(resolutions) !== JSON.stringify(chosenBefore) ||
    (saved !== undefined && !renewing && effective !== savedAt) ||
    (saved !== undefined && renewing && until !== Number(saved.response.renewalEndTimestamp));
  const { step, error, paused } = useDrafting({
    policy: policy.locator,
    action,
    saved: saved?.response.locator,
    dirty: !locked && dirty,
    save,
    onKept: () => {
      setTyped(undefined);
      copies.drop(copyKey);
    },
  });

  const live = usePreview(policy.locator, !locked && base && something ? { type: kind, request } : undefined, paused);

  /** The message for a field, by where it stands in the form. */
  const faultOf = (path: string, field: string): string | undefined =>
    live.faults.find(
      (fault) => fault.fieldName === field && (change.places.get(fault.path ?? '') ?? fault.path ?? '') === path,
    )?.message;

  return {
    kind,
    renewing,
    locked,
    name,
    setName,
    date,
    setDate,
    end,
    setEnd,
    asksReprice: !renewing && definition?.reprice === 'input',
    reprice,
    setReprice,
    overOthers,
    setOverOthers,
    term,
    effective,
    base,
    form,
    setForm,
    startOver,
    dirty,
    something,
    differences,
    preview: locked ? saved.preview : live.preview,
    pending: !locked && live.pending,
    faults: live.faults,
    faultOf,
    previewError: live.error,
    standingError: standing.error,
    choiceOf: ({ transactionLocator, path }: ConflictPreview): 'later' | 'new' =>
      resolutions.some((one) => one.transactionLocator === transactionLocator && one.path === path) ? 'new' : 'later',
    choose: ({ transactionLocator, path }: ConflictPreview, choice: 'later' | 'new') =>
      setResolutions((before) => [
        ...before.filter((one) => one.transactionLocator !== transactionLocator || one.path !== path),
        ...(choice === 'new' ? [{ transactionLocator, path }] : []),
      ]),
    step,
    error,
  };
}

/** The policy as it stands at an instant. */
function useStanding(policy: string, at: number) {
  return useQuery({
    queryKey: ['standing', policy, at],
    queryFn: () => call<PolicyResponse>('POST', `/policies/${policy}/snapshot`, { timestamp: String(at) }),
    placeholderData: (before) => before,
  });
}
