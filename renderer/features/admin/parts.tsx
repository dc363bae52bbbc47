import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { text } from '../../app/text.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in the unit that reads best: `12.4 MB`. */
export function bytes(count: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), UNITS.length - 1);
  const value = new Intl.NumberFormat(undefined, { maximumFractionDigits: power === 0 ? 0 : 1 }).format(
    count / 1_000 ** power,
  );
  return text.admin.bytes(value, UNITS[power] ?? 'B');
}

/** Day and time in the reader's own zone: when something happened on this machine. */
export function localMoment(timestamp: string | number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(Number(timestamp));
}

/** A long text as it is; it scrolls. */
export function Listing({ children }: { readonly children: ReactNode }) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keys too (WCAG 2.1.1)
  return <pre tabIndex={0}>{children}</pre>;
}

/** Names and what is so named, one a line; a value that is not known yet holds its place. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === undefined ? <Skeleton height={14} width={180} /> : value}</dd>
        </div>
      ))}
    </dl>
  );
}
