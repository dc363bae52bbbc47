import type { Desk } from '#core/desk/desk.ts';

/** The process's own log, JSON lines on standard error; `FIELDWRITER_LOG` sets the level (default warn). */
export async function openLog(): Promise<Desk['log']> {
  const { pino } = await import('pino');
  const logger = pino({ level: process.env.FIELDWRITER_LOG || 'warn' }, pino.destination(2));
  return (message, details = {}) => logger.warn(details, message);
}
