/** A time that a cloud was set back to a backup: from `position` on its log is another one (SY96). */
export interface SetBack {
  readonly id: string;
  /** Last position that was kept. */
  readonly position: number;
  /** The time that the backup was of, milliseconds. */
  readonly at: number;
}

/** With every request but a greeting: the last setting back that a device was told of, empty where there is none. Another one is refused (SY97). */
export const SINCE_HEADER = 'fieldwriter-since';

/** Whether the cloud says nothing of what this device knows it went through, and nothing new either: whoever set it back did not say so (SY93). */
export function forgets(mine: readonly SetBack[], theirs: readonly SetBack[]): boolean {
  return theirs.length < mine.length && theirs.every(({ id }, i) => id === mine[i]?.id);
}

/**
 * Up to where two logs are the same, by what each of them went through, oldest first (SY96). Undefined: they are one.
 * A backup may be older than an earlier setting back: then only what both went through counts, and each side's first own cut.
 */
export function agreedUpTo(mine: readonly SetBack[], theirs: readonly SetBack[]): number | undefined {
  let same = 0;
  while (same < mine.length && mine[same]?.id === theirs[same]?.id) same += 1;
  const apart = [...mine.slice(same), ...theirs.slice(same)];
  return apart.length === 0 ? undefined : Math.min(...apart.map(({ position }) => position));
}
