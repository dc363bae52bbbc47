/** Days from one timestamp (milliseconds, as text) to another. The configuration's zone is UTC: every day has 24 hours. */
function days(from, to) {
  return (Number(to) - Number(from)) / 86400000;
}

/** Whole calendar months from one first of a month to another. */
function months(from, to) {
  const [a, b] = [new Date(Number(from)), new Date(Number(to))];
  return (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
}

module.exports = { days, months };
