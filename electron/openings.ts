import { app } from 'electron';
import type { Log } from './log.ts';
import { type Opening, openingsOf, type Start, startOf } from './opening.ts';

interface Hearing {
  readonly log: Log;
  /** Brings the window that was used last to the front. */
  readonly show: () => void;
  readonly open: (openings: readonly Opening[]) => void;
}

/** Opens what other starts of the program and the system ask for: arguments, links, files. */
export function hearOpenings({ log, show, open }: Hearing): void {
  /** Behind `--` nothing passes for an option. */
  const openOne = (event: { preventDefault(): void }, given: string): void => {
    event.preventDefault();
    open(openingsAtStart({ arguments: ['--', given], folder: '/' }, log));
  };
  app.on('second-instance', (_event, _arguments, _folder, data) => {
    show();
    open(openingsAtStart(startOf(data), log));
  });
  app.on('open-url', openOne);
  app.on('open-file', openOne);
}

/** What a start opens; what it names beside that is logged. */
export function openingsAtStart(start: Start, log: Log): readonly Opening[] {
  const { openings, ignored } = openingsOf(start.arguments, start.folder);
  if (ignored.length > 0) log('Ignored', { arguments: ignored });
  return openings;
}
