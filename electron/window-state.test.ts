import { describe, expect, it } from 'vitest';
import { arrangementOf, placeFor, placesIn, remembered } from './window-state.ts';

const laptop = { x: 0, y: 0, width: 1920, height: 1080 };
const desk = { x: 1920, y: 0, width: 2560, height: 1440 };
const areaOf = (display: typeof laptop): typeof laptop => ({ ...display, height: display.height - 40 });
const opened = (places: object, displays: readonly (typeof laptop)[]) =>
  placeFor(placesIn(places), displays, displays.map(areaOf));
const at = (x: number, y: number, width = 1200, height = 800, maximized = false) => ({
  bounds: { x, y, width, height },
  maximized,
});
const saved = (place: object, displays: readonly (typeof laptop)[]) => ({ [arrangementOf(displays)]: place });

describe('where a window opens', () => {
  it('where it stood in this arrangement of displays, maximized if it was', () => {
    const both = [laptop, desk];
    const places = remembered(remembered({}, [laptop], at(50, 60)), both, at(2500, 100, 2000, 1200, true));
    expect(opened(places, [laptop])).toEqual(at(50, 60));
    expect(opened(places, both)).toEqual(at(2500, 100, 2000, 1200, true));
    expect(opened(places, [desk, laptop])).toEqual(at(2500, 100, 2000, 1200, true));
  });
  it('in the middle of the first display at first, and no larger than that', () => {
    expect(opened({}, [laptop])).toEqual(at(240, 70, 1440, 900));
    expect(opened({}, [{ ...laptop, width: 1280, height: 720 }])).toEqual(at(0, 0, 1280, 680));
    expect(placeFor({}, [], []).bounds.width).toBe(1440);
  });
  it.each([
    ['left of everything', at(-2000, 100)],
    ['all but a strip too narrow to grip', at(1900, 100)],
    ['above the display', at(100, -50)],
    ['below the display', at(100, 1050)],
  ])('is brought back from %s', (_where, place) => {
    expect(opened(saved(place, [laptop]), [laptop])).toEqual(at(240, 70, 1440, 900));
  });
  it('may hang over an edge where its title bar is in reach, and shrinks to its display', () => {
    expect(opened(saved(at(-100, 0), [laptop]), [laptop])).toEqual(at(-100, 0));
    expect(opened(saved(at(0, 0, 5000, 3000), [laptop]), [laptop])).toEqual(at(0, 0, 1920, 1040));
  });
  it.each([
    ['no object', 'x'],
    ['null', null],
    ['a list', [1]],
    ['no numbers', saved({ bounds: { x: '1', y: 2, width: 3, height: 4 }, maximized: false }, [laptop])],
    ['fractions', saved({ bounds: { x: 0.5, y: 2, width: 3, height: 4 }, maximized: false }, [laptop])],
    ['no bounds', saved({ bounds: null, maximized: true }, [laptop])],
  ])('takes %s for nothing', (_what, value) => {
    expect(placeFor(placesIn(value), [laptop], [areaOf(laptop)])).toEqual(at(240, 70, 1440, 900));
  });
  it('forgets the arrangement that was not used for longest', () => {
    let places = {};
    for (let width = 1; width <= 9; width += 1) places = remembered(places, [{ ...laptop, width }], at(width, 0));
    expect(Object.keys(places)).toHaveLength(8);
    expect(Object.keys(places)).not.toContain(arrangementOf([{ ...laptop, width: 1 }]));
  });
});
