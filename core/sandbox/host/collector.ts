import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Makes a context that has the engine's own collector as its global `gc`, for good: no guest's code may run in it. */
export function withCollector<T>(make: () => T): T {
  setFlagsFromString('--expose-gc');
  try {
    return make();
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

/** Collects the garbage of the host itself. */
export function hostCollector(): () => void {
  const collect: unknown = withCollector(() => runInNewContext('gc'));
  return typeof collect === 'function' ? () => void collect() : () => undefined;
}
