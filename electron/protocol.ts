import { protocol, type Session } from 'electron';

/** Called once, before the app is ready: the scheme is standard (URLs parse), secure, and may be fetched. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** Requests of a session that may be made go to the workbench: it answers, or nobody does. */
export function answerFrom(
  session: Session,
  workbench: (request: Request) => Promise<Response>,
  may: (request: Request) => boolean,
): void {
  session.protocol.handle('app', async (request) => {
    if (!may(request)) return new Response('Refused', { status: 403 });
    try {
      return await workbench(request);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      return Response.json(
        { type: 'about:blank', title: 'The workbench does not answer', status: 503, detail, code: 'internal' },
        { status: 503, headers: { 'content-type': 'application/problem+json' } },
      );
    }
  });
}
