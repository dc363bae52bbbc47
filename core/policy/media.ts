import { answeredBefore, type Caller, commit, type Desk, locatorOf, look, need, write } from '#core/desk/desk.ts';
import type { MediaRecord } from '#core/desk/records.ts';
import type { MediaResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';

/** Keeps an uploaded file; its locator is the value of a `media` field (formats §7.6). */
export async function uploadMedia(
  desk: Desk,
  caller: Caller,
  upload: { readonly fileName: string; readonly mimeType: string; readonly bytes: Uint8Array },
): Promise<MediaResponse> {
  const request = { fileName: upload.fileName, size: upload.bytes.length };
  const before = answeredBefore(desk, caller, 'media.upload', request);
  if (before !== undefined) return needMedia(desk, before);
  const blob = await desk.store.blobs.put(upload.bytes);
  const locator = locatorOf(desk);
  const record: MediaRecord = {
    locator,
    fileName: upload.fileName,
    mimeType: upload.mimeType,
    size: upload.bytes.length,
    createdAt: desk.now(),
    blob,
  };
  commit(desk, caller, {
    name: 'media.upload',
    arguments: { media: locator },
    changes: [write('media', locator, 0, record)],
    result: locator,
    request,
  });
  return needMedia(desk, locator);
}

/** What is known of an uploaded file. Throws `not-found`. */
export function needMedia(desk: Desk, locator: string): MediaResponse {
  return response(need(desk, 'media', locator).record);
}

/** What is known of an uploaded file, or undefined. */
export function mediaResponse(desk: Desk, locator: string): MediaResponse | undefined {
  const found = look(desk, 'media', locator);
  return found && response(found.record);
}

/** The bytes of a stored file. Throws `store-damaged`. */
export async function blobOf(desk: Desk, hash: string, locator: string): Promise<Uint8Array> {
  const bytes = await desk.store.blobs.get(hash);
  if (bytes) return bytes;
  if (desk.store.replication.files.wanted(hash))
    throw new Problem(
      'unavailable',
      'This file has not come from the device that made it yet: it is asked for again with the next sync.',
      { place: { locator } },
    );
  throw new Problem('store-damaged', `The content of ${locator} is missing: run \`fieldwriter verify\`.`, {
    place: { locator },
  });
}

function response({ locator, fileName, mimeType }: MediaRecord): MediaResponse {
  return { locator, fileName, mimeType, url: `/api/media/${locator}` };
}
