import type { Actor } from '#core/store/contract.ts';

/** What the workbench does by itself has an author too. */
export const WORKBENCH: Actor = { user: 'workbench', name: 'Fieldwriter' };
