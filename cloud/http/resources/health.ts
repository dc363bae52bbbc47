import type { Hono } from 'hono';
import type { Cloud } from '../../cloud.ts';
import type { RequestEnv } from '../authentication.ts';

/** Whether the process lives, whether requests should be sent to it, and what it counted; for the machinery around it. */
export function mountHealth(app: Hono<RequestEnv>, cloud: Cloud, isOpen: () => boolean): void {
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', async (context) => {
    if (!isOpen()) return context.text('closing\n', 503);
    return (await cloud.database.ping()) ? context.text('ready\n') : context.text('no database\n', 503);
  });
  app.get('/metrics', async (context) => {
    // Without the database the copy's own counters are told all the same.
    await cloud.jobs?.counts().catch(() => undefined);
    for (const { what, lastAt, lastSuccess } of await cloud.database.directory.upkeep().catch(() => [])) {
      cloud.metrics.set('fieldwriter_upkeep_last_seconds', { what }, lastAt / 1000);
      cloud.metrics.set('fieldwriter_upkeep_last_success_seconds', { what }, (lastSuccess ?? 0) / 1000);
    }
    return context.text(cloud.metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
}
