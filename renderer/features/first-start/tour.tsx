import { Button, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ProductSummary } from '#core/api/contract.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { go, type Route } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import './tour.css';

/** A place that the tour points at. */
interface Stop {
  readonly name: keyof typeof text.tour.stops;
  /** Where it is; a stop that quotes needs a product in use. */
  readonly route: (product: string | undefined) => Route | undefined;
  /** What it points at, the first that is there; nothing of it: the words stand alone. */
  readonly targets: readonly string[];
}
const STOPS: readonly Stop[] = [
  { name: 'desk', route: () => ({ screen: 'desk' }), targets: ['.rail-link[aria-current]'] },
  { name: 'palette', route: () => ({ screen: 'desk' }), targets: ['.rail-link[aria-keyshortcuts]'] },
  { name: 'price', route: quoting, targets: ['.risk-side'] },
  { name: 'worksheet', route: quoting, targets: ['[data-shortcut="w"]', '.risk-side'] },
  { name: 'studio', route: () => ({ screen: 'products' }), targets: ['.rail-link[aria-current]'] },
];

function quoting(product: string | undefined): Route | undefined {
  return product === undefined ? undefined : { screen: 'quote', product };
}

interface Tour {
  /** Begins at the first stop. */
  start(): void;
}
const Context = createContext<Tour | undefined>(undefined);

export function useTour(): Tour {
  const tour = use(Context);
  if (!tour) throw new Error('useTour needs a TourProvider around it');
  return tour;
}

/** Offers the tour from anywhere inside, and shows it while somebody takes it. */
export function TourProvider({ children }: { readonly children: ReactNode }) {
  const [at, setAt] = useState<number>();
  const tour = useMemo<Tour>(() => ({ start: () => setAt(0) }), []);
  const leave = useCallback(() => setAt(undefined), []);
  useActions(text.frame.everywhere, [{ label: text.tour.take, run: tour.start }]);
  return (
    <Context value={tour}>
      {children}
      {at === undefined ? null : <TourStop at={at} onMove={setAt} onLeave={leave} />}
    </Context>
  );
}

interface TourStopProps {
  readonly at: number;
  readonly onMove: (to: number) => void;
  readonly onLeave: () => void;
}

function TourStop({ at, onMove, onLeave }: TourStopProps) {
  const stop = STOPS[at] ?? STOPS[0];
  const products = useQuery({
    queryKey: ['products'],
    queryFn: () => call<readonly ProductSummary[]>('GET', '/api/products'),
  });
  const product = products.data?.[0]?.name;
  const route = stop?.route(product);
  const box = useTargetBox(route ? stop?.targets : undefined);
  const card = useRef<HTMLDivElement>(null);
  const hash = route && JSON.stringify(route);
  useEffect(() => {
    if (hash) go(JSON.parse(hash) as Route);
  }, [hash]);
  useEffect(() => {
    // The words of every stop are read to whoever does not see them.
    if (at >= 0) card.current?.focus();
  }, [at]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      onLeave();
    };
    document.addEventListener('keydown', onKey, { capture: true });
    return () => document.removeEventListener('keydown', onKey, { capture: true });
  }, [onLeave]);
  if (!stop) return null;
  const words = text.tour.stops[stop.name];
  const last = at === STOPS.length - 1;
  return (
    <>
      {box ? <div className="tour-ring" style={ringOf(box)} aria-hidden /> : null}
      <div ref={card} role="dialog" aria-label={text.tour.name} tabIndex={-1} className="tour-card" style={cardOf(box)}>
        <Group justify="space-between" wrap="nowrap">
          <Title order={2}>{words.title}</Title>
          <Text size="xs" c="dimmed" className="steady">
            {text.tour.step(at + 1, STOPS.length)}
          </Text>
        </Group>
        <Text size="sm" mt={4}>
          {words.text}
        </Text>
        {!route && products.data ? (
          <Text size="sm" c="dimmed" mt={4}>
            {text.tour.needsProduct}
          </Text>
        ) : null}
        <Group justify="space-between" mt="md">
          <Button variant="subtle" color="gray" onClick={onLeave}>
            {text.tour.leave}
          </Button>
          <Group gap="xs">
            {at > 0 ? (
              <Button variant="default" onClick={() => onMove(at - 1)}>
                {text.tour.back}
              </Button>
            ) : null}
            <Button onClick={() => (last ? onLeave() : onMove(at + 1))}>
              {last ? text.tour.done : text.tour.next}
            </Button>
          </Group>
        </Group>
      </div>
    </>
  );
}

/** Where an element stands, as soon as it is there and wherever it moves. */
function useTargetBox(selectors: readonly string[] | undefined): DOMRect | undefined {
  const [box, setBox] = useState<DOMRect>();
  useEffect(() => {
    if (selectors === undefined) return setBox(undefined);
    const look = (): void => {
      const target = selectors.map((selector) => document.querySelector(selector)).find((found) => found !== null);
      const found = target?.getBoundingClientRect();
      setBox((before) => (sameBox(before, found) ? before : found));
    };
    look();
    const mutations = new MutationObserver(look);
    mutations.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['aria-current'],
    });
    window.addEventListener('resize', look);
    document.addEventListener('scroll', look, { capture: true, passive: true });
    return () => {
      mutations.disconnect();
      window.removeEventListener('resize', look);
      document.removeEventListener('scroll', look, { capture: true });
    };
  }, [selectors]);
  return box;
}

function sameBox(a: DOMRect | undefined, b: DOMRect | undefined): boolean {
  if (!a || !b) return a === b;
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

const GAP = 12;
const CARD = { width: 340, height: 190 };

function ringOf({ x, y, width, height }: DOMRect) {
  return { left: x - 3, top: y - 3, width: width + 6, height: height + 6 };
}

/** Beside what it points at, where there is room; in the middle without. Pixels. */
function cardOf(box: DOMRect | undefined) {
  const { innerWidth, innerHeight } = window;
  if (!box) return { left: (innerWidth - CARD.width) / 2, top: innerHeight / 3 };
  const right = box.right + GAP;
  const left = right + CARD.width < innerWidth ? right : Math.max(GAP, box.left - CARD.width - GAP);
  return { left, top: Math.max(GAP, Math.min(box.top, innerHeight - CARD.height - GAP)) };
}
