import { protocol, type Session } from 'electron';
import { mayCallWorkbench } from './decisions.ts';

/** Called once, before the app is ready: the scheme is standard (URLs parse), secure, and may be fetched. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** Every request of the window goes through the one door: the workbench answers it, or nobody does. */
export function answerFrom(session: Session, workbench: (request: Request) => Promise<Response>): void {
  session.protocol.handle('app', async (request) => {
    if (!mayCallWorkbench(request)) return new Response('Refused', { status: 403 });
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
