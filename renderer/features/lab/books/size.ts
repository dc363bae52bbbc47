import { number } from '../../../app/format.ts';

/** Bytes as people say them. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${number(String(bytes))} B`;
  if (bytes < 1_000_000) return `${number((bytes / 1_000).toFixed(1))} kB`;
  return `${number((bytes / 1_000_000).toFixed(1))} MB`;
}
