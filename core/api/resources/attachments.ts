import { need } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { getAuxData, needAuxData, removeAuxData, setAuxData } from '#core/policy/aux-data.ts';
import { blobOf, needMedia, uploadMedia } from '#core/policy/media.ts';
import { regenerateDocument } from '#core/policy/regenerate-document.ts';
import { documentResponse } from '#core/policy/responses.ts';
import type { Door, DoorContext } from '../door.ts';
import { fileResponse } from '../files.ts';
import { AuxDataSet, Nothing } from '../schemas.ts';

/** Auxiliary data and media (formats §7.6), and the content of media and documents. */
export function attachmentResources(door: Door): void {
  const aux = 'Auxiliary data';
  door.on(
    {
      method: 'put',
      path: '/auxData/:locator',
      tag: aux,
      summary: 'Set keys of a locator',
      body: AuxDataSet,
      answer: 'AuxDataResponse',
    },
    ({ desk, param, body, caller }) => {
      setAuxData(desk, caller(), param('locator'), body.auxData);
      return { auxData: getAuxData(desk, param('locator')) };
    },
  );
  door.on(
    { method: 'get', path: '/auxData/:locator', tag: aux, summary: 'All keys of a locator', answer: 'AuxDataResponse' },
    ({ desk, param }) => ({ auxData: getAuxData(desk, param('locator')) }),
  );
  door.on(
    { method: 'get', path: '/auxData/:locator/:key', tag: aux, summary: 'One key', answer: 'AuxDataItem' },
    ({ desk, param }) => ({ locator: param('locator'), ...needAuxData(desk, param('locator'), param('key')) }),
  );
  door.on(
    { method: 'delete', path: '/auxData/:locator', tag: aux, summary: 'Remove all keys of a locator', answer: 'Empty' },
    ({ desk, param, caller }) => removeAuxData(desk, caller(), param('locator')),
  );
  door.on(
    { method: 'delete', path: '/auxData/:locator/:key', tag: aux, summary: 'Remove one key', answer: 'Empty' },
    ({ desk, param, caller }) => removeAuxData(desk, caller(), param('locator'), param('key')),
  );

  const media = 'Media';
  door.on(
    {
      method: 'post',
      path: '/media',
      tag: media,
      summary: 'Upload a file (multipart, member file)',
      query: { fileName: 'its name' },
      answer: 'MediaResponse',
    },
    async ({ desk, context, query, caller }) => {
      const file = await uploadedFile(context, 'file');
      return uploadMedia(desk, caller(), {
        fileName: query('fileName') ?? file.name,
        mimeType: file.type || 'application/octet-stream',
        bytes: new Uint8Array(await file.arrayBuffer()),
      });
    },
  );
  door.on(
    {
      method: 'get',
      path: '/media/:locator',
      tag: media,
      summary: 'What a file is and where its content lies',
      answer: 'MediaResponse',
    },
    ({ desk, param }) => needMedia(desk, param('locator')),
  );
  door.on(
    { method: 'get', path: '/api/media/:locator', tag: media, summary: 'The content of a file', answer: 'file' },
    async ({ desk, param }) => {
      const { record } = need(desk, 'media', param('locator'));
      const mimeType = record.mimeType === 'text/html' ? 'application/octet-stream' : record.mimeType;
      return fileResponse(await blobOf(desk, record.blob, record.locator), record.fileName, mimeType);
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/documents/:locator',
      tag: 'Documents',
      summary: 'The content of a document',
      answer: 'file',
    },
    async ({ desk, param }) => {
      const { record } = need(desk, 'document', param('locator'));
      const mimeType = record.type === 'pdf' ? 'application/pdf' : 'text/html';
      return fileResponse(await blobOf(desk, record.blob, record.locator), record.fileName, mimeType);
    },
  );
  door.on(
    {
      method: 'post',
      path: '/api/documents/:locator/regenerate',
      tag: 'Documents',
      summary: 'Make a document again; the new one takes its place',
      body: Nothing,
      answer: 'DocumentResponse',
    },
    async ({ desk, param, caller }) =>
      documentResponse(need(desk, 'document', await regenerateDocument(desk, caller(), param('locator'))).record),
  );
}

/** The file of a multipart request. Throws `malformed-request` when there is none. */
export async function uploadedFile(context: DoorContext, member: string): Promise<File> {
  let form: Awaited<ReturnType<DoorContext['req']['parseBody']>>;
  try {
    form = await context.req.parseBody();
  } catch (cause) {
    throw new Problem('malformed-request', 'The request is no multipart form that can be read.', { cause });
  }
  const file = form[member];
  if (file instanceof File) return file;
  throw new Problem('malformed-request', `Send the file as multipart/form-data in the member "${member}".`, {
    place: { field: member },
  });
}
