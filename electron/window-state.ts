/** Where the window stood, for each arrangement of displays: at the desk, docked, on the road. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Place {
  readonly bounds: Rectangle;
  readonly maximized: boolean;
}
/** Places by arrangement, the one used last at the end. */
export type Places = Readonly<Record<string, Place>>;

export const SMALLEST = { width: 1024, height: 640 } as const;
const USUAL = { width: 1440, height: 900 } as const;
const MOST_ARRANGEMENTS = 8;
/** So much of the title bar must be in reach of the mouse. */
const GRIP = { width: 120, height: 32 } as const;

/** The arrangement that a set of displays makes. */
export function arrangementOf(displays: readonly Rectangle[]): string {
  return displays
    .map(({ x, y, width, height }) => `${width}x${height}+${x}+${y}`)
    .sort()
    .join(' ');
}

/** What a file of places holds; a damaged one holds none. */
export function placesIn(value: unknown): Places {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([arrangement, place]) => (isPlace(place) ? [[arrangement, place]] : [])),
  );
}

/**
 * Where a window opens: where it stood in this arrangement if its title bar can be reached there, otherwise in the middle of the
 * first display; never larger than the display it is on. @param areas the displays without task bars, the main one first
 */
export function placeFor(places: Places, displays: readonly Rectangle[], areas: readonly Rectangle[]): Place {
  const saved = places[arrangementOf(displays)];
  const home = areas.find((area) => saved && reachable(saved.bounds, area));
  if (saved && home) return { ...saved, bounds: fitted(saved.bounds, home) };
  const [main = { x: 0, y: 0, ...USUAL }] = areas;
  const width = Math.min(USUAL.width, main.width);
  const height = Math.min(USUAL.height, main.height);
  const x = main.x + Math.round((main.width - width) / 2);
  const y = main.y + Math.round((main.height - height) / 2);
  return { bounds: { x, y, width, height }, maximized: saved?.maximized ?? false };
}

/** The places with one more; the one that was not used for longest goes when there are too many. */
export function remembered(places: Places, displays: readonly Rectangle[], place: Place): Places {
  const arrangement = arrangementOf(displays);
  const others = Object.entries(places).filter(([name]) => name !== arrangement);
  return Object.fromEntries([...others, [arrangement, place] as const].slice(-MOST_ARRANGEMENTS));
}

function reachable({ x, y, width }: Rectangle, area: Rectangle): boolean {
  const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return across >= GRIP.width && y >= area.y && y + GRIP.height <= area.y + area.height;
}

function fitted({ x, y, width, height }: Rectangle, area: Rectangle): Rectangle {
  return {
    x,
    y,
    width: Math.max(SMALLEST.width, Math.min(width, area.width)),
    height: Math.max(SMALLEST.height, Math.min(height, area.height)),
  };
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null || !('bounds' in value) || !('maximized' in value)) return false;
  const { bounds, maximized } = value;
  if (typeof maximized !== 'boolean' || typeof bounds !== 'object' || bounds === null) return false;
  return ['x', 'y', 'width', 'height'].every((name) => Number.isSafeInteger((bounds as Record<string, unknown>)[name]));
}
