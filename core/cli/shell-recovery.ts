import type { ToShell } from '#core/api/shell-contract.ts';
import type { Locked, Unlocked } from '#core/store/desktop-key.ts';

/** Takes recovery keys until one fits. */
export interface RecoveryGate {
  wait(locked: Locked): Promise<Unlocked>;
  take(typed: { readonly call: number; readonly text: string }): void;
  shut(): void;
}

export function recoveryGate(say: (message: ToShell) => void): RecoveryGate {
  const closed = new Error('Fieldwriter was closed while it waited for the recovery key');
  let waits: { locked: Locked; resolve(unlocked: Unlocked): void; reject(error: Error): void } | undefined;
  return {
    wait: (locked) => new Promise((resolve, reject) => (waits = { locked, resolve, reject })),
    take({ call, text }) {
      if (!waits) return say({ type: 'not-recovered', call, message: 'Nothing waits for a recovery key.' });
      waits.locked
        .recover(text)
        .then(waits.resolve, (error: unknown) => say({ type: 'not-recovered', call, message: messageOf(error) }));
    },
    shut: () => waits?.reject(closed),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
