import { useEffect, useState } from 'react';
import { text } from '../../app/text.ts';

/** The part of the Battery Status API that is used; TypeScript's DOM does not describe it, and not every browser has it. */
interface BatteryManager extends EventTarget {
  readonly charging: boolean;
  /** 0 to 1. */
  readonly level: number;
}
export interface Battery {
  readonly charging: boolean;
  readonly level: number;
}

/** The machine's battery; undefined where there is none or the browser does not tell. */
export function useBattery(): Battery | undefined {
  const [battery, setBattery] = useState<Battery>();
  useEffect(() => {
    const asking = (navigator as { getBattery?: () => Promise<BatteryManager> }).getBattery?.();
    if (!asking) return;
    let manager: BatteryManager | undefined;
    let gone = false;
    const read = (): void => {
      if (manager && !gone) setBattery({ charging: manager.charging, level: manager.level });
    };
    void asking.then(
      (found) => {
        manager = found;
        for (const event of ['chargingchange', 'levelchange']) found.addEventListener(event, read);
        read();
      },
      () => undefined,
    );
    return () => {
      gone = true;
      for (const event of ['chargingchange', 'levelchange']) manager?.removeEventListener(event, read);
    };
  }, []);
  return battery;
}

const ENOUGH = 0.5;
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent' });

/** SY77: half full or plugged in. A full one that charges is also what a machine without a battery says: nothing is asked then. */
export function batteryCheck(
  battery: Battery | undefined,
): { readonly fine: boolean; readonly words: string } | undefined {
  if (!battery || (battery.charging && battery.level === 1)) return undefined;
  const words = text.sync.departure.battery;
  const level = PERCENT.format(battery.level);
  if (battery.charging) return { fine: true, words: words.plugged(level) };
  return battery.level >= ENOUGH ? { fine: true, words: words.ok(level) } : { fine: false, words: words.todo(level) };
}
