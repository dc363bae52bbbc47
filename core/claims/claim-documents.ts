import type { AttachedDocument } from '#core/desk/claim-records.ts';
import { answeredBefore, type Caller, commit, type Desk, locatorOf, need, type Typed, write } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';

/**
 * Attaches an uploaded file to a claim in any state but discarded: letters come late (K30). @returns the document's locator
 * Throws `not-found` for the claim or the file, `wrong-state`.
 */
export function attachDocument(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: { readonly mediaLocator: string; readonly displayName?: string },
): string {
  const retry = { locator, ...request };
  const before = answeredBefore(desk, caller, 'claim.attach', retry);
  if (before !== undefined) return before;
  const claim = need(desk, 'claim', locator);
  if (claim.record.status === 'discarded')
    throw new Problem('wrong-state', `Claim ${locator} is discarded: nothing can be attached to it.`, {
      place: { locator },
    });
  const media = need(desk, 'media', request.mediaLocator).record;
  const document: AttachedDocument = {
    locator: locatorOf(desk),
    displayName: request.displayName ?? media.fileName,
    mediaLocator: media.locator,
    at: desk.now(),
    by: caller.actor.user,
  };
  const { locator: result } = document;
  commit(desk, caller, {
    name: 'claim.attach',
    arguments: { claim: locator, document: result, media: media.locator },
    changes: [changed(desk, claim, [...claim.record.documents, document])],
    result,
    request: retry,
  });
  return result;
}

/** Takes a document off a claim; the journal keeps that it was there. Throws `not-found`. */
export function detachDocument(desk: Desk, caller: Caller, locator: string, document: string): void {
  const retry = { locator, document };
  if (answeredBefore(desk, caller, 'claim.detach', retry) !== undefined) return;
  const claim = need(desk, 'claim', locator);
  const { documents } = claim.record;
  if (!documents.some((known) => known.locator === document))
    throw new Problem('not-found', `Claim ${locator} has no document ${document}.`, { place: { locator: document } });
  commit(desk, caller, {
    name: 'claim.detach',
    arguments: { claim: locator, document },
    changes: [
      changed(
        desk,
        claim,
        documents.filter((known) => known.locator !== document),
      ),
    ],
    result: locator,
    request: retry,
  });
}

function changed(desk: Desk, { locator, version, record }: Typed<'claim'>, documents: readonly AttachedDocument[]) {
  return write('claim', locator, version, { ...record, documents, updatedAt: desk.now() }, record.policyholderLocator);
}
