import { useCallback, useRef, useState } from 'react';
import type { Changes } from '#core/api/contracts/studio.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { keepCopy, readCopy, withFile } from './copy.ts';

export interface WorkingCopy {
  readonly changes: Changes;
  /** Rises with every change, from the moment of opening: names a state of the copy, also among those of earlier visits. */
  readonly revision: number;
  readonly paths: readonly string[];
  /** False: the browser has no room to keep it. */
  readonly kept: boolean;
  /** @param saved the file's text in the base; absent when there is none */
  set(path: string, text: string | null, saved: string | undefined): void;
  replace(changes: Changes): void;
  /** Takes the changes of a file, or all of them, back; for a while that can be undone. */
  discard(path?: string): void;
}

/** The changes of one version; they survive a reload. Mount it anew for another version. */
export function useWorkingCopy(of: {
  readonly product: string;
  readonly configVersion: number;
  readonly commit: string;
}): WorkingCopy {
  const [state, setState] = useState(() => ({
    changes: readCopy(localStorage, of.commit),
    revision: Date.now(),
    kept: true,
  }));
  const latest = useRef(state);
  const { product, configVersion, commit } = of;
  const replace = useCallback(
    (changes: Changes): void => {
      const kept = keepCopy(localStorage, { product, configVersion, commit, changes });
      latest.current = { changes, revision: latest.current.revision + 1, kept };
      setState(latest.current);
    },
    [product, configVersion, commit],
  );
  return {
    ...state,
    paths: Object.keys(state.changes).sort(),
    set: (path, content, saved) => replace(withFile(latest.current.changes, path, content, saved)),
    replace,
    discard(path) {
      const before = latest.current.changes;
      replace(path === undefined ? {} : withFile(before, path, null, undefined));
      toast(
        path === undefined ? text.studio.discard.done(Object.keys(before).length) : text.studio.discard.file(path),
        () => replace(before),
      );
    },
  };
}
