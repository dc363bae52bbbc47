/** The formatter of some options; made once for each, because making one costs more than a hundred uses. */
function once<Made>(make: (...options: string[]) => Made): (...options: string[]) => Made {
  const made = new Map<string, Made>();
  return (...options) => {
    const name = options.join('|');
    const known = made.get(name) ?? make(...options);
    made.set(name, known);
    return known;
  };
}
const amounts = once((currency) => new Intl.NumberFormat(undefined, { style: 'currency', currency: currency ?? '' }));
const changes = once(
  (currency) =>
    new Intl.NumberFormat(undefined, { style: 'currency', currency: currency ?? '', signDisplay: 'exceptZero' }),
);
const days = once(
  (timeZone) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: timeZone ?? 'UTC' }),
);
const moments = once(
  (timeZone) =>
    new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone: timeZone ?? 'UTC' }),
);
const numbers = once(() => new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 }));

/** An amount of text in the reader's own notation; the text is never turned into a float for arithmetic, only for display. */
export function money(amount: string | undefined, currency: string): string {
  if (amount === undefined) return '–';
  // Intl reads decimal text exactly (ECMA-402 NumberFormat v3), so no cent is lost on the way to the screen.
  return amounts(currency).format(amount as Intl.StringNumericLiteral);
}

/** A difference of amounts with its sign, also where it is more. */
export function change(amount: string, currency: string): string {
  return changes(currency).format(amount as Intl.StringNumericLiteral);
}

/** The calendar day of a timestamp (milliseconds as text) in the tenant's zone. */
export function day(timestamp: string | number, timeZone: string): string {
  return days(timeZone).format(new Date(Number(timestamp)));
}

/** Day and time of a timestamp (milliseconds as text) in the tenant's zone. */
export function moment(timestamp: string | number, timeZone: string): string {
  return moments(timeZone).format(new Date(Number(timestamp)));
}

/** A name as the configuration writes it, made readable: `premium_tax` is shown as "Premium tax". */
export function titled(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A calendar day (`2026-11-21`) in the reader's own notation. */
export function dayOf(date: string): string {
  return date === '' ? '–' : days('UTC').format(new Date(date));
}

/** A number of text in the reader's own notation, with all its decimals. */
export function number(value: string): string {
  return numbers().format(value as Intl.StringNumericLiteral);
}
