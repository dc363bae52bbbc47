import { FOREIGN_CONTENT, FOREIGN_PDF } from './guard.ts';

/** Types that a browser may know. Any other is bytes to it: a script that was uploaded must not be one of our own pages' scripts. */
const KNOWN = new Set(['application/pdf', 'text/html', 'image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Sends a stored file: PDFs and HTML are shown without any power, everything else is downloaded. */
export function fileResponse(bytes: Uint8Array, fileName: string, mimeType: string): Response {
  const shown = mimeType === 'application/pdf' || mimeType === 'text/html';
  const known = KNOWN.has(mimeType) ? mimeType : 'application/octet-stream';
  const ascii = fileName.replaceAll(/[^\w .()-]/g, '_');
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      'content-type': mimeType === 'text/html' ? 'text/html; charset=utf-8' : known,
      'content-length': String(bytes.length),
      'content-disposition': `${shown ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(fileName.toWellFormed()).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`,
      'content-security-policy': mimeType === 'application/pdf' ? FOREIGN_PDF : FOREIGN_CONTENT,
      'cache-control': 'private, no-store',
    },
  });
}
