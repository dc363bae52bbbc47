/** Chi-square tests and intervals of an experiment: probabilities, so floating point is right here. */

/** The probability of counts at least this far from their shares by chance alone (Pearson's chi-square test). */
export function chiSquare(
  counts: readonly number[],
  shares: readonly number[],
): { readonly x2: number; readonly p: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0 || counts.length < 2) return { x2: 0, p: 1 };
  const x2 = counts.reduce((sum, count, index) => {
    const expected = total * (shares[index] ?? 0);
    return expected > 0 ? sum + (count - expected) ** 2 / expected : sum;
  }, 0);
  return { x2, p: upperGamma((counts.length - 1) / 2, x2 / 2) };
}

/** Wilson's 95 % interval of a proportion (1927): holds for small counts too. */
export function wilson(hits: number, of: number): { readonly low: number; readonly high: number } | undefined {
  if (of === 0) return undefined;
  const z = 1.959964;
  const p = hits / of;
  const middle = (p + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half = (z / (1 + z ** 2 / of)) * Math.sqrt((p * (1 - p)) / of + z ** 2 / (4 * of ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** The regularized upper incomplete gamma function Q(a, x): series below a + 1, continued fraction above (Numerical Recipes 6.2). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let n = 1; n < 500 && term > sum * 1e-15; n += 1) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - sum * front);
  }
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 500; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || tiny);
    c = b + an / c || tiny;
    const change = d * c;
    h *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return front * h;
}

/** Lanczos' approximation with g = 5 (Numerical Recipes 6.1). */
function logGamma(x: number): number {
  const terms = [
    76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 1.208650973866179e-3,
    -5.395239384953e-6,
  ];
  const sum = terms.reduce((all, term, index) => all + term / (x + index + 1), 1.000000000190015);
  const base = x + 5.5;
  return (x + 0.5) * Math.log(base) - base + Math.log((2.5066282746310007 * sum) / x);
}
