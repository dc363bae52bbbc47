import type { QueryClient } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';

/** Ctrl/Cmd-Enter in a field of a note: it must not finalize or issue the risk around it. */
export function onSubmitKey(submit: () => void) {
  return (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    event.stopPropagation();
    event.nativeEvent.stopImmediatePropagation();
    submit();
  };
}

/** Everything that shows notes asks again. */
export async function refreshNotes(queries: QueryClient): Promise<void> {
  await Promise.all(['notes', 'diary', 'history'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}
