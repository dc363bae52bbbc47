/** How windows are healed whose page broke. */

/** As many breaks in this time, and drawing the page again does not help. */
const MOST = 3;
const SPAN = 60_000;

/** What is done when the process of a page is gone. */
export type Cure =
  | { readonly does: 'nothing' }
  | { readonly does: 'give-up' }
  | { readonly does: 'reload'; readonly breaks: readonly number[] };

/** @param breaks when the page broke before, milliseconds @param reason Electron's word for it */
export function cureOf(reason: string, breaks: readonly number[], now: number): Cure {
  if (reason === 'clean-exit') return { does: 'nothing' };
  const recent = [...breaks.filter((time) => now - time < SPAN), now];
  return recent.length >= MOST ? { does: 'give-up' } : { does: 'reload', breaks: recent };
}

const KEPT = 'Everything that was saved is safe; what you were typing may have to be typed again.';

/** What the user reads; the first button of the question is the cure. */
export const BROKEN = {
  reloaded: { type: 'info' as const, message: 'The window was drawn again.', detail: `Its page had stopped. ${KEPT}` },
  hangs: {
    type: 'question' as const,
    message: 'The window does not answer.',
    detail: `You can wait, or have it drawn again. ${KEPT}`,
    buttons: ['Draw it again', 'Wait'],
    defaultId: 1,
    cancelId: 1,
  },
  gaveUp: {
    type: 'error' as const,
    message: 'The window keeps breaking.',
    detail:
      'Everything that was saved is safe. Start Fieldwriter again; if that does not help, Help, Show logs has the details.',
  },
};
