import { type BrowserWindow, screen } from 'electron';
import { readJson, writeWhole } from './whole-file.ts';
import { type Place, placeFor, placesIn, type Rectangle, remembered } from './window-state.ts';

/** Remembers where windows stood, in a file of the shell's own folder. */
export interface WindowMemory {
  /** Where the next window opens. */
  place(): Place;
  /** Writes down where a window stands when it closes. */
  watch(window: BrowserWindow): void;
}

export function windowMemory(file: string): WindowMemory {
  const displays = (): Rectangle[] => screen.getAllDisplays().map(({ bounds }) => bounds);
  const areas = (): Rectangle[] => {
    const main = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
    return [main, ...others].map(({ workArea }) => workArea);
  };
  const read = () => placesIn(readJson(file));
  return {
    place: () => placeFor(read(), displays(), areas()),
    watch(window) {
      window.on('close', () => {
        const place = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
        try {
          writeWhole(file, `${JSON.stringify(remembered(read(), displays(), place))}\n`);
        } catch {
          // Where the window stood is not worth an error.
        }
      });
    },
  };
}
