/** An amount of text in the reader's own notation; the text is never turned into a float for arithmetic, only for display. */
export function money(amount: string | undefined, currency: string): string {
  if (amount === undefined) return '–';
  // Intl reads decimal text exactly (ECMA-402 NumberFormat v3), so no cent is lost on the way to the screen.
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount as Intl.StringNumericLiteral);
}

/** A difference of amounts with its sign, also where it is more. */
export function change(amount: string, currency: string): string {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency, signDisplay: 'exceptZero' }).format(
    amount as Intl.StringNumericLiteral,
  );
}

/** The calendar day of a timestamp (milliseconds as text) in the tenant's zone. */
export function day(timestamp: string | number, timeZone: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone }).format(new Date(Number(timestamp)));
}

/** Day and time of a timestamp (milliseconds as text) in the tenant's zone. */
export function moment(timestamp: string | number, timeZone: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(Number(timestamp)),
  );
}

/** A name as the configuration writes it, made readable: `premium_tax` is shown as "Premium tax". */
export function titled(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A calendar day (`2026-11-21`) in the reader's own notation. */
export function dayOf(date: string): string {
  return date === ''
    ? '–'
    : new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(date));
}

/** A number of text in the reader's own notation, with all its decimals. */
export function number(value: string): string {
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 }).format(value as Intl.StringNumericLiteral);
}
