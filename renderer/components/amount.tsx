import { useEffect, useRef } from 'react';

/** An amount that changes in place: for a moment one sees that it did. Not when the system asks for less motion. */
export function Amount({ value }: { readonly value: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const before = useRef(value);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    place.current?.animate([{ background: 'var(--mantine-primary-color-light)' }, { background: 'transparent' }], 600);
  }, [value]);
  return <span ref={place}>{value}</span>;
}
