/**
 * Amounts as whole numbers of a currency's smallest unit, in doubles that hold them exactly: below 2^53 nothing is lost, and half up is
 * decided on the digits that stand there, never on a double near a tie. Whatever is not plain enough answers undefined: decimals take
 * over (a test holds them together, BR34).
 */

/** Below it every step here is exact: the products with twelfths, and sums of ten thousand such amounts. */
const MOST = 1e11;
const PLAIN = /^\d{1,9}(?:\.\d{1,40})?$/;

/** A plain, not negative decimal text rounded half up to `decimals`, in units. */
export function unitsOf(text: string, decimals: number): number | undefined {
  if (!PLAIN.test(text)) return undefined;
  const point = text.indexOf('.');
  if (point < 0) return Number(text) * scaleOf(decimals);
  const whole = Number(text.slice(0, point)) * scaleOf(decimals);
  const kept = text.slice(point + 1, point + 1 + decimals);
  const units = whole + (kept === '' ? 0 : Number(kept) * scaleOf(decimals - kept.length));
  // Only the first digit that is dropped decides between down and up, ties included.
  return text.charCodeAt(point + 1 + decimals) >= 0x35 ? units + 1 : units;
}

/** As `unitsOf` of the number's shortest text (sandbox, S15). */
export function unitsOfNumber(value: number, decimals: number): number | undefined {
  const scale = scaleOf(decimals);
  const units = Math.round(value * scale);
  // Of at most 15 digits no two decimals have the same nearest double: the text can only be this one.
  if (value >= 0 && value < 1e9 && units / scale === value) return units + 0;
  return unitsOf(String(value), decimals);
}

/** `yearly ÷ 12 × months` rounded half up, in units. @param months whole */
export function termUnits(yearly: number, months: number): number | undefined {
  if (!(yearly < MOST) || !Number.isInteger(months) || months < 0 || months > 240) return undefined;
  if (months === 12) return yearly;
  return Math.floor((2 * yearly * months + 12) / 24);
}

/** Units as text with `decimals`. */
export function unitsText(units: number, decimals: number): string {
  if (decimals === 2 && units >= 0 && units < MOST) {
    const cents = units % 100;
    return `${(units - cents) / 100}.${TWO_DIGITS[cents]}`;
  }
  const text = String(units);
  if (decimals === 0) return text;
  const padded = text.length > decimals ? text : text.padStart(decimals + 1, '0');
  return `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, cents) => String(cents).padStart(2, '0'));
const SCALES = [1, 10, 100, 1_000, 10_000];
function scaleOf(decimals: number): number {
  return SCALES[decimals] ?? Number.NaN;
}
