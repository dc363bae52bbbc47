import { FOREIGN_CONTENT, FOREIGN_PDF } from './guard.ts';

/** Sends a stored file: PDFs and HTML are shown without any power, everything else is downloaded. */
export function fileResponse(bytes: Uint8Array, fileName: string, mimeType: string): Response {
  const shown = mimeType === 'application/pdf' || mimeType === 'text/html';
  const ascii = fileName.replaceAll(/[^\w .()-]/g, '_');
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      'content-type': mimeType === 'text/html' ? 'text/html; charset=utf-8' : mimeType,
      'content-length': String(bytes.length),
      'content-disposition': `${shown ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(fileName).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`,
      'content-security-policy': mimeType === 'application/pdf' ? FOREIGN_PDF : FOREIGN_CONTENT,
      'cache-control': 'private, no-store',
    },
  });
}
