import type { Desk } from '#core/desk/desk.ts';
import { ENGINE } from '#core/model/engine.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { answering } from './answers.ts';
import type { Confirmation } from './confirmation.ts';
import type { NamedAmount, RatedReceipt, Receipt } from './contract.ts';
import { firstDifference } from './difference.ts';
import { rateReceipt } from './rerate.ts';
import { brokenSeals, fileHashes } from './seal.ts';

/**
 * Rates a receipt again and says whether it holds: to the cent and step by step, or the first step that differs (PR6 to PR9).
 * Nobody outside is asked and nothing is stored.
 * @param given a configuration to rate it with; default the one of its hash in this store
 */
export async function confirmReceipt(desk: Desk, receipt: Receipt, given?: Configuration): Promise<Confirmation> {
  const { about, configuration: wanted, run, input, answers, result } = receipt;
  const tampered = brokenSeals(receipt);
  const engine = { recorded: receipt.engine, here: ENGINE };
  const found = given ?? (await desk.configurations.withHash(wanted.hash, wanted.commit));
  const shared = { about, tampered, engine };
  if (!found) {
    const message = `This store has no configuration ${wanted.hash.slice(0, 12)}: give its folder or ZIP, or one that is to be compared with it.`;
    const configuration = { from: null, hash: wanted.hash, changed: [] };
    return {
      ...shared,
      verdict: 'no-configuration',
      configuration,
      amounts: [],
      problem: { code: 'not-found', message },
    };
  }
  const configuration = {
    from: given ? ('given' as const) : ('store' as const),
    hash: found.hash,
    changed: changedFiles(wanted.files, fileHashes(found)),
  };
  let rated: RatedReceipt;
  try {
    rated = await rateReceipt(
      desk,
      { about, run, configuration: found, commit: wanted.commit },
      input,
      answering(desk.sandbox, answers),
    );
  } catch (error) {
    // What is in a receipt comes from outside: whatever it does to the engines is a finding about it.
    const { code, message } =
      error instanceof Problem
        ? error
        : { code: 'pricing-failed', message: 'What the receipt holds can not be rated.' };
    return { ...shared, verdict: 'differs', configuration, amounts: [], problem: { code, message } };
  }
  const first = firstDifference(result.steps, rated.steps);
  const amounts = differing(result.amounts, rated.amounts);
  const same = !first && amounts.length === 0 && tampered.length === 0 && found.hash === wanted.hash;
  return {
    ...shared,
    verdict: same && configuration.changed.length === 0 ? 'confirmed' : 'differs',
    configuration,
    amounts: same ? result.amounts.map(({ what, amount }) => ({ what, recorded: amount, rated: amount })) : amounts,
    ...(first ? { firstDifference: first } : {}),
  };
}

function changedFiles(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Confirmation['configuration']['changed'] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((path) => {
    const [was, is] = [before[path], after[path]];
    if (was === is) return [];
    return [{ path, kind: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed' } as const];
  });
}

function differing(recorded: readonly NamedAmount[], rated: readonly NamedAmount[]): Confirmation['amounts'] {
  const length = Math.max(recorded.length, rated.length);
  return Array.from({ length }, (_, at) => ({
    what: recorded[at]?.what ?? rated[at]?.what ?? '',
    recorded: recorded[at]?.amount ?? null,
    rated: rated[at]?.amount ?? null,
    other: recorded[at]?.what !== rated[at]?.what,
  }))
    .filter((pair) => pair.recorded !== pair.rated || pair.other)
    .map(({ other: _, ...pair }) => pair);
}
