/** Seeds that once showed a fault; they run first. */
export const FOUND: readonly number[] = [];
