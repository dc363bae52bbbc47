/** Money as whole cents in a BigInt and factors as decimal text: no binary fraction ever touches a premium. */

/** `"1234.5"` → 123450n */
function cents(text) {
  const { digits, decimals } = decimal(text);
  return roundedDivision(digits * 100n, 10n ** BigInt(decimals));
}

/** 123450n → `"1234.50"` */
function toAmount(amount) {
  const sign = amount < 0n ? '-' : '';
  const digits = String(amount < 0n ? -amount : amount).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Cents × factors, rounded once, half away from zero. */
function multiply(amount, ...factors) {
  let numerator = amount;
  let denominator = 1n;
  for (const factor of factors) {
    const { digits, decimals } = decimal(factor);
    numerator *= digits;
    denominator *= 10n ** BigInt(decimals);
  }
  return roundedDivision(numerator, denominator);
}

function decimal(text) {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(text).trim());
  if (!match) throw `"${text}" is not a number`;
  const fraction = match[3] || '';
  const digits = BigInt(match[2] + fraction);
  return { digits: match[1] ? -digits : digits, decimals: fraction.length };
}

function roundedDivision(numerator, denominator) {
  const half = denominator / 2n;
  return numerator < 0n ? -((-numerator + half) / denominator) : (numerator + half) / denominator;
}

module.exports = { cents, toAmount, multiply, roundedDivision };
